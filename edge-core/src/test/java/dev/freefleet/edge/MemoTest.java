package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MemoTest {
    @Property(tries = 300)
    void itGivesWhatWasKeptForThisKeyOrNothing(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 60) Integer> asked) {
        Memo<Integer, String> memo = new Memo<>(16);
        for (int key : asked) {
            String known = memo.get(key);
            assertThat(known == null || known.equals("of " + key)).isTrue();
            keep(memo, key, "of " + key);
            assertThat(memo.get(key)).isEqualTo("of " + key);
        }
    }

    /** As what comes again. */
    private static <K> void keep(Memo<K, String> memo, K key, String value) {
        memo.put(key, value);
        memo.put(key, value);
    }

    @Test
    void whatComesOnceIsNotKept() {
        Memo<Integer, String> memo = new Memo<>(16);
        memo.put(1, "one");
        assertThat(memo.get(1)).isNull();
        memo.put(1, "one");
        assertThat(memo.get(1)).isEqualTo("one");

        for (int key = 2; key < 1_000; key++) {
            memo.put(key, "once");
        }
        assertThat(memo.get(1)).isEqualTo("one");
    }

    @Test
    void ofNineKeysWithOneHashEightAreKeptTheLatestAmongThem() {
        Memo<Same, String> memo = new Memo<>(16);
        memo.put(new Same("first"), "first"); // notes the hash
        List<String> names = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i");
        for (String name : names) {
            memo.put(new Same(name), name);
        }

        assertThat(names.stream().filter(name -> name.equals(memo.get(new Same(name)))))
                .hasSize(8)
                .contains("i");
    }

    @Test
    void aKeyThatIsPutAgainTakesNoOthersPlace() {
        Memo<Same, String> memo = new Memo<>(8);
        for (int time = 0; time < 100; time++) {
            memo.put(new Same("often"), "often");
        }
        List<String> others = List.of("a", "b", "c", "d", "e", "f", "g");
        others.forEach(name -> memo.put(new Same(name), name));
        memo.put(new Same("often"), "changed");

        assertThat(others).allMatch(name -> name.equals(memo.get(new Same(name))));
        assertThat(memo.get(new Same("often"))).isEqualTo("changed");
    }

    /** Keys that share a place would drive each other out for good, where they come in turn. */
    @Test
    void manyThatComeInTurnAreKept() {
        Memo<String, String> memo = new Memo<>(4_096);
        assertThat(askedInTurn(memo, 1_000, 1)).isZero();
        assertThat(askedInTurn(memo, 1_000, 8)).isGreaterThanOrEqualTo(990);
        for (int key = 0; key < 50_000; key++) {
            memo.put("once " + key, "once");
        }
        assertThat(askedInTurn(memo, 1_000, 1)).isGreaterThanOrEqualTo(950);
        assertThat(askedInTurn(memo, 3_000, 20)).isGreaterThanOrEqualTo(2_000);
    }

    /** @return how many were kept in the last round */
    private static int askedInTurn(Memo<String, String> memo, int keys, int rounds) {
        int kept = 0;
        for (int round = 1; round <= rounds; round++) {
            kept = 0;
            for (int key = 0; key < keys; key++) {
                String target = "/query?q=" + key;
                if (memo.get(target) == null) {
                    memo.put(target, "of " + target);
                } else {
                    kept++;
                }
            }
        }
        return kept;
    }

    private record Same(String name) {
        @Override
        public int hashCode() {
            return 7;
        }
    }

    @Test
    void itsSizeIsAPowerOfTwo() {
        assertThatThrownBy(() -> new Memo<String, String>(12)).hasMessageContaining("12");
        assertThatThrownBy(() -> new Memo<String, String>(4)).hasMessageContaining("4");
    }

    @Test
    void aQuestionThatIsLongInAnyPartIsNotKept() {
        Route route = Policies.standard().routes().getFirst();
        Target.Canonical target = new Target.Canonical("/query", null);
        Target.Canonical longTarget = new Target.Canonical("/query", "a=" + "x".repeat(2_048));
        String json = "application/json";
        String longType = "application/" + "x".repeat(2_048) + "+json";
        Fields longField = Fields.of("accept-language", "x".repeat(2_048));

        assertThat(new Asked(route, target, "public", json, Fields.empty(), new byte[2]).isShort())
                .isTrue();
        assertThat(List.of(
                        new Asked(route, longTarget, "public", json, Fields.empty(), null),
                        new Asked(route, target, "public", longType, Fields.empty(), new byte[2]),
                        new Asked(route, target, "public", json, longField, new byte[2]),
                        new Asked(route, target, "public", json, Fields.empty(), new byte[2_048])))
                .noneMatch(Asked::isShort);
    }

    @Test
    void whatDiffersInAnyPartIsNotTheSameQuestion() {
        Route route = Policies.standard().routes().getFirst();
        Route other = Policies.standard().routes().get(1);
        Target.Canonical target = new Target.Canonical("/query", "a=1");
        byte[] content = "{}".getBytes(StandardCharsets.UTF_8);
        Fields german = Fields.of("accept-language", "de");
        Asked asked = new Asked(route, target, "user:1", "application/json", german, content);

        assertThat(asked)
                .isEqualTo(new Asked(
                        route,
                        new Target.Canonical("/query", "a=1"),
                        "user:1",
                        "application/json",
                        Fields.of("accept-language", "de"),
                        content.clone()))
                .isNotEqualTo(new Asked(other, target, "user:1", "application/json", german, content))
                .isNotEqualTo(new Asked(
                        route, new Target.Canonical("/query", null), "user:1", "application/json", german, content))
                .isNotEqualTo(new Asked(route, target, "user:2", "application/json", german, content))
                .isNotEqualTo(new Asked(route, target, "user:1", null, german, content))
                .isNotEqualTo(new Asked(route, target, "user:1", "application/json", Fields.empty(), content))
                .isNotEqualTo(new Asked(route, target, "user:1", "application/json", german, null))
                .isNotEqualTo(new Asked(route, target, "user:1", "application/json", german, new byte[] {'{', ' '}));
    }
}
