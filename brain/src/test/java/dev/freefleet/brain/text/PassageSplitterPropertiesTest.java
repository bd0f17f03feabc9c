package dev.freefleet.brain.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PassageSplitterPropertiesTest {

    @Provide
    Arbitrary<List<Block>> documents() {
        Arbitrary<String> letters = Arbitraries.of("a", "b", "c", "d", ".", "?", "!", "é", "漢", "\uD83D\uDE00");
        Arbitrary<String> words = letters.list().ofMinSize(1).ofMaxSize(12).map(list -> String.join("", list));
        Arbitrary<String> longWord =
                letters.list().ofMinSize(1_900).ofMaxSize(5_000).map(list -> String.join("", list));
        Arbitrary<String> text = Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(60, words), net.jqwik.api.Tuple.of(1, longWord))
                .list()
                .ofMinSize(1)
                .ofMaxSize(400)
                .map(list -> String.join(" ", list));
        Arbitrary<Block> heading = Arbitraries.integers()
                .between(1, 4)
                .flatMap(level -> words.map(title -> new Block.Heading(level, title)));
        Arbitrary<Block> prose = text.map(Block.Prose::new);
        Arbitrary<Block> lines =
                text.list().ofMinSize(1).ofMaxSize(3).map(list -> new Block.Lines(String.join("\n", list)));
        return Arbitraries.oneOf(heading, prose, lines).list().ofMaxSize(12);
    }

    @Property(tries = 300)
    void losesNoTextAndKeepsItsOrder(@ForAll("documents") List<Block> blocks) {
        String kept = squeezed(
                PassageSplitter.split(blocks).stream().map(Passage::text).collect(Collectors.joining()));
        int at = 0;
        for (Block block : blocks) {
            if (!(block instanceof Block.Heading)) {
                String text = squeezed(block.text());
                int found = kept.indexOf(text, at);
                // A heading that was joined in may stand between two blocks, never inside one.
                assertThat(found).as("block after %d of %s", at, kept).isGreaterThanOrEqualTo(at);
                at = found + text.length();
            }
        }
    }

    @Property(tries = 300)
    void losesNoHeading(@ForAll("documents") List<Block> blocks) {
        List<Passage> passages = PassageSplitter.split(blocks);
        for (Block block : blocks) {
            if (block instanceof Block.Heading heading) {
                assertThat(passages)
                        .anyMatch(one -> one.heading().contains(heading.text())
                                || one.text().contains(heading.text()));
            }
        }
    }

    @Property(tries = 300)
    void keepsEveryPassageInBoundsWithAnAnchorOfItsOwn(@ForAll("documents") List<Block> blocks) {
        List<Passage> passages = PassageSplitter.split(blocks);
        Set<String> anchors = new HashSet<>();
        for (int i = 0; i < passages.size(); i++) {
            Passage passage = passages.get(i);
            assertThat(passage.text()).isNotBlank();
            assertThat(passage.text().length()).isLessThanOrEqualTo(PassageSplitter.MAX_CHARS);
            assertThat(Spaces.words(passage.text())).isLessThanOrEqualTo(PassageSplitter.MAX_WORDS);
            assertThat(passage.position()).isEqualTo(i);
            assertThat(anchors.add(passage.anchor())).as(passage.anchor()).isTrue();
            assertThat(passage.text().codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF))
                    .isTrue();
        }
    }

    @Example
    void joinsSmallSectionsAndPartsLargeOnes() {
        Block.Prose large = new Block.Prose("word ".repeat(100).strip());
        List<Passage> passages = PassageSplitter.split(List.of(
                new Block.Heading(1, "Kettle"),
                new Block.Prose("Short."),
                new Block.Heading(2, "Care"),
                large,
                new Block.Heading(2, "Use & power"),
                large,
                new Block.Heading(2, "Care"),
                large,
                large));
        assertThat(passages.stream().map(Passage::anchor)).containsExactly("kettle", "use-power", "care-2", "care-2.2");
        assertThat(passages.getFirst().text()).startsWith("Short.\n\nCare\n\nword");
        assertThat(passages.get(1).heading()).isEqualTo("Kettle > Use & power");
    }

    private static String squeezed(String text) {
        return text.codePoints()
                .filter(c -> !Spaces.isSpace(c))
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
