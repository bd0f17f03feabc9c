package dev.freefleet.brain.text;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;
import org.jspecify.annotations.Nullable;

/** HTML to blocks: the main content without navigation, scripts and forms. */
final class HtmlReader implements NodeVisitor {

    private static final String NOT_CONTENT =
            "script, style, template, noscript, nav, header:not(main header, article header), footer, form, svg, button, iframe, [hidden]";

    private final List<Block> blocks = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    /** The element whose text is taken whole, so that its inside is passed over; null outside of such. */
    private @Nullable Node whole;

    private HtmlReader() {}

    static ParsedDocument read(String html) {
        Document document = Jsoup.parse(html);
        List<String> links = document.select("a[href]").eachAttr("href");
        String stated = Spaces.collapse(document.title());
        LocalDate date = date(document);
        document.select(NOT_CONTENT).remove();
        Element main = document.selectFirst("main, [role=main], article");
        HtmlReader reader = new HtmlReader();
        (main == null ? document.body() : main).traverse(reader);
        reader.flush();
        String heading = Titles.firstHeading(reader.blocks);
        String title = heading != null ? heading : stated.isEmpty() ? null : stated;
        return new ParsedDocument(title, date, reader.blocks, links);
    }

    @Override
    public void head(Node node, int depth) {
        if (whole != null) {
            return;
        }
        if (node instanceof TextNode textNode) {
            text.append(textNode.getWholeText());
        } else if (node instanceof Element element) {
            switch (element.normalName()) {
                case "h1", "h2", "h3", "h4", "h5", "h6" ->
                    take(element, new Block.Heading(element.normalName().charAt(1) - '0', element.text()));
                case "pre" -> take(element, new Block.Lines(element.wholeText().strip()));
                case "tr" ->
                    take(
                            element,
                            new Block.Lines(
                                    String.join(" | ", element.children().eachText())));
                case "br" -> text.append(' ');
                default -> {
                    if (element.isBlock()) {
                        flush();
                    }
                }
            }
        }
    }

    @Override
    public void tail(Node node, int depth) {
        if (node.equals(whole)) {
            whole = null;
        } else if (whole == null && node instanceof Element element && element.isBlock()) {
            flush();
        }
    }

    private void take(Element element, Block block) {
        flush();
        whole = element;
        if (!block.text().isBlank()) {
            blocks.add(block);
        }
    }

    private void flush() {
        String prose = Spaces.collapse(text);
        text.setLength(0);
        if (!prose.isEmpty()) {
            blocks.add(new Block.Prose(prose));
        }
    }

    private static @Nullable LocalDate date(Document document) {
        return document
                .select(
                        "meta[property=article:modified_time], meta[property=article:published_time], meta[name=date], meta[name=dc.created]")
                .eachAttr("content")
                .stream()
                .map(Dates::ofStart)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
