package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions on a route that folds their text. */
class FoldingTest {
    private static final String[] JSON = {"content-type", "application/json"};

    private final TestShell shell = new TestShell(Policies.standard());

    private void post(String text) {
        shell.send("POST", "/folded", "{\"query\":" + quoted(text) + "}", JSON);
    }

    private static String quoted(String text) {
        return new String(CanonicalJson.write(new Json.Str(text)), StandardCharsets.UTF_8);
    }

    /** The keys under which these two texts are looked up. */
    private boolean share(String one, String other) {
        shell.steps.clear();
        post(one);
        post(other);
        List<Step.Lookup> keys = shell.stepsOf(Step.Lookup.class);
        assertThat(keys).hasSize(2);
        return keys.get(0).equals(keys.get(1));
    }

    @ParameterizedTest
    @CsvSource({
        "what is this, What  IS THIS",
        "äpfel, ÄPFEL",
        "äpfel, a\u0308pfel",
        "ﬁsh, FISH",
        "Ｆｌｅｅｔ, fleet",
        "ΟΔΟΣ, οδος",
        "οδοσ, οδος",
        "a\u3000b, a b",
        "a\u00a0\u2003b, a b",
        "각, \u1100\u1161\u11a8",
        "ᏸ, Ᏸ",
        "𐐨, 𐐀",
    })
    void spellingsOfOneQuestionShareAKey(String one, String other) {
        assertThat(share(one, other)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "masse, maße",
        "schon, schön",
        "resume, résumé",
        "ilik, ılık",
        "ab, a b",
        "rose, rosé",
        "и, й",
        "は, ば",
        "a, а",
        "o, 0",
    })
    void otherLettersAreOtherQuestions(String one, String other) {
        assertThat(share(one, other)).isFalse();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("aAäÄ \u0308\u0301eéßsSσςΣıiIİ\u0307ﬁｆｆ①1\u3000\u00a0\t각ㄱ")
                .ofMaxLength(8);
    }

    @Property(tries = 300)
    void compatibilityFormsAndCaseShareAKey(@ForAll("texts") String text) {
        assertThat(share(text, Normalizer.normalize(text, Normalizer.Form.NFD))).isTrue();
        assertThat(share(text, Normalizer.normalize(text, Normalizer.Form.NFKC)))
                .isTrue();
        assertThat(share(text, "\u2003" + text + " ")).isTrue();
        assertThat(share(text, TestShell.normalize(text))).isTrue();
    }

    /** Whoever takes case, white space and forms away by other means, finds other letters wherever the keys are others. */
    @Property(tries = 300)
    void textsOfOtherLettersNeverShareAKey(@ForAll("texts") String one, @ForAll("texts") String other) {
        assertThat(share(one, other)).isEqualTo(letters(one).equals(letters(other)));
    }

    private static String letters(String text) {
        return TestShell.normalize(text)
                .replace('\t', ' ')
                .replaceAll(" +", " ")
                .strip()
                .replace('ς', 'σ');
    }

    @Test
    void asciiNeedsNoHelpOfTheShell() {
        post(" What IS \n this? ");
        assertThat(shell.stepsOf(Step.Normalize.class)).isEmpty();
        assertThat(shell.stepsOf(Step.Digest.class).getFirst().material())
                .asString()
                .isEqualTo("{\"query\":\"what is this?\"}");
    }

    @Test
    void aTextThatWouldCostTooMuchToNormaliseCountsAsItIs() {
        String marks = "\u0301\u0316".repeat(Folding.MAX / 2);
        assertThat(share("a" + marks, "A" + marks)).isFalse();
        assertThat(shell.stepsOf(Step.Normalize.class)).isEmpty();
        assertThat(share("a".repeat(9_000), "A".repeat(9_000))).isTrue();
    }

    @Test
    void theBrainIsAskedAsTheCallerWroteIt() {
        post("ÄPFEL  und");
        assertThat(shell.asked.getFirst().content())
                .asString(StandardCharsets.UTF_8)
                .contains("ÄPFEL  und");
    }
}
