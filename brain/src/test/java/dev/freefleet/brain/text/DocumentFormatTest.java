package dev.freefleet.brain.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class DocumentFormatTest {

    @Test
    void isChosenByTheFileName() {
        assertThat(DocumentFormat.ofFileName("a.b.MD")).isEqualTo(DocumentFormat.MARKDOWN);
        assertThat(DocumentFormat.ofFileName("x.htm")).isEqualTo(DocumentFormat.HTML);
        assertThat(DocumentFormat.ofFileName("x.rst")).isEqualTo(DocumentFormat.TEXT);
        assertThat(DocumentFormat.ofFileName("Makefile")).isNull();
        assertThat(DocumentFormat.ofFileName("x.pdf")).isNull();
    }

    @Test
    void readsMarkdown() {
        ParsedDocument document = DocumentFormat.MARKDOWN.parse("""
                ---
                title: "The kettle"
                date: 2026-11-23
                ---
                # Kettle *manual*

                Fill it
                with `water`, see [care](care.md).

                - first
                - second

                | part | volts |
                |------|-------|
                | base | 230   |

                ```sh
                boil --now
                ```

                <p align="center">An <b>HTML</b> block</p>

                ![a kettle](kettle.png)
                """);
        assertThat(document.title()).isEqualTo("The kettle");
        assertThat(document.date()).isEqualTo(LocalDate.of(2026, 11, 23));
        assertThat(document.links()).containsExactly("care.md");
        assertThat(document.blocks())
                .containsExactly(
                        new Block.Heading(1, "Kettle manual"),
                        new Block.Prose("Fill it with water, see care."),
                        new Block.Prose("first"),
                        new Block.Prose("second"),
                        new Block.Lines("part | volts\nbase | 230"),
                        new Block.Lines("boil --now"),
                        new Block.Prose("An HTML block"),
                        new Block.Prose("a kettle"));
    }

    @Test
    void takesAnUnclosedFrontMatterAsText() {
        ParsedDocument document = DocumentFormat.MARKDOWN.parse("---\ntitle: a\n\ntext");
        assertThat(document.date()).isNull();
        assertThat(document.blocks()).extracting(Block::text).anyMatch(text -> text.contains("text"));
    }

    @Test
    void readsHtmlWithoutNavigationAndScripts() {
        ParsedDocument document = DocumentFormat.HTML.parse("""
                <html><head><title>Site title</title><style>p {}</style>
                <meta property="article:modified_time" content="2026-01-02T03:04:05Z"></head>
                <body><nav>menu</nav><main><h1>Ket<b>tle</b></h1>
                <div>Loose text<p>A   paragraph with <a href="b.html">a link</a>.</p>after</div>
                <pre>line one
                line two</pre>
                <table><tr><th>a</th><td>b</td></tr></table>
                <script>alert(1)</script><ul><li>item</li></ul></main><footer>imprint</footer></body></html>
                """);
        assertThat(document.title()).isEqualTo("Kettle");
        assertThat(document.date()).isEqualTo(LocalDate.of(2026, 1, 2));
        assertThat(document.links()).containsExactly("b.html");
        assertThat(document.blocks())
                .containsExactly(
                        new Block.Heading(1, "Kettle"),
                        new Block.Prose("Loose text"),
                        new Block.Prose("A paragraph with a link."),
                        new Block.Prose("after"),
                        new Block.Lines("line one\nline two"),
                        new Block.Lines("a | b"),
                        new Block.Prose("item"));
    }

    @Test
    void readsPlainTextWithUnderlinedHeadings() {
        ParsedDocument document = DocumentFormat.TEXT.parse("""
                =======
                Kettles
                =======

                One
                paragraph.

                Care
                ----

                    code line one
                    code line two
                """);
        assertThat(document.title()).isEqualTo("Kettles");
        assertThat(document.blocks())
                .containsExactly(
                        new Block.Heading(1, "Kettles"),
                        new Block.Prose("One paragraph."),
                        new Block.Heading(2, "Care"),
                        new Block.Lines("code line one\n    code line two"));
    }
}
