package dev.freefleet.brain.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is in a file, reading it ends and yields passages in bounds. */
class ParsingPropertiesTest {

    @Provide
    Arbitrary<String> markup() {
        return Arbitraries.oneOf(
                        Arbitraries.of(
                                "# ",
                                "> ",
                                "- ",
                                "```",
                                "\n",
                                "\n\n",
                                "| a | b |\n|---|---|\n",
                                "<div>",
                                "</p>",
                                "<pre>",
                                "<!--",
                                "[a](b)",
                                "![",
                                "***",
                                "===\n",
                                "---\n",
                                "\t",
                                "&amp;",
                                "<script>",
                                "\u0000",
                                "\uFEFF",
                                "\uD83D"),
                        Arbitraries.strings().ofMaxLength(20))
                .list()
                .ofMaxSize(60)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 300)
    void everyFormatReadsEveryText(@ForAll("markup") String text) {
        for (DocumentFormat format : DocumentFormat.values()) {
            List<Passage> passages = PassageSplitter.split(format.parse(text).blocks());
            assertThat(passages).allMatch(one -> one.text().length() <= PassageSplitter.MAX_CHARS);
        }
    }

    @Property(tries = 300)
    void sentencesHoldEveryCharacterOfTheText(@ForAll String text) {
        String joined = String.join("", Sentences.of(text));
        assertThat(joined.codePoints().filter(c -> !Character.isWhitespace(c)).toArray())
                .isEqualTo(text.codePoints()
                        .filter(c -> !Character.isWhitespace(c))
                        .toArray());
    }

    @Property(tries = 300)
    void entitiesAreQuotedFromTheText(@ForAll("markup") String text) {
        for (Entity entity : EntityExtractor.extract(text, EnumSet.allOf(EntityType.class))) {
            assertThat(Spaces.collapse(text)).contains(entity.text());
            assertThat(entity.confidence()).isBetween(0.5, 1.0);
            assertThat(entity.context()).contains(entity.text());
        }
    }
}
