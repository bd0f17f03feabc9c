package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The delimiter variant of cache poisoning: what stands in one part must not pass for another part's beginning or end. */
class KeyMaterialTest {
    /** Such as a joiner would be fooled by: nothing, the same again and again, what separates, and a length of its own. */
    private static final List<@Nullable String> PARTS =
            Arrays.asList(null, "", "a", "aa", "b", "ab", "a,b", "\n", "\0", "\0\0\0\1a", "\0\0\0\0", "-1", "null");

    private static String bytes(List<@Nullable String> parts) {
        KeyMaterial material = new KeyMaterial("route", "public", "/path");
        parts.forEach(part -> material.add(part));
        return HexFormat.of().formatHex(material.toBytes());
    }

    /** All lists of up to three of these. */
    private static List<List<@Nullable String>> lists() {
        List<List<@Nullable String>> lists = new ArrayList<>();
        lists.add(new ArrayList<>());
        int from = 0;
        for (int length = 1; length <= 3; length++) {
            int to = lists.size();
            for (int i = from; i < to; i++) {
                for (String part : PARTS) {
                    List<@Nullable String> longer = new ArrayList<>(lists.get(i));
                    longer.add(part);
                    lists.add(longer);
                }
            }
            from = to;
        }
        return lists;
    }

    @Test
    void noTwoListsOfPartsHaveTheSameBytes() {
        Map<String, List<@Nullable String>> seen = new HashMap<>();
        for (List<@Nullable String> list : lists()) {
            assertThat(seen.putIfAbsent(bytes(list), list))
                    .as("what %s is mistaken for", list)
                    .isNull();
        }
        assertThat(seen).hasSize(1 + 13 + 13 * 13 + 13 * 13 * 13);
    }

    @Test
    void nothingIsNotEmpty() {
        assertThat(bytes(Arrays.asList((String) null))).isNotEqualTo(bytes(List.of("")));
        assertThat(bytes(Arrays.asList(null, "a"))).isNotEqualTo(bytes(List.of("", "a")));
    }

    @Test
    void aValueThatMovesOverABoundaryMakesAnotherKey() {
        assertThat(new KeyMaterial("ab", "c", "/d").toBytes()).isNotEqualTo(new KeyMaterial("a", "bc", "/d").toBytes());
        assertThat(new KeyMaterial("a", "bc", "/d").toBytes()).isNotEqualTo(new KeyMaterial("a", "b", "c/d").toBytes());
        assertThat(new KeyMaterial("a", "b", "/c").add("d").toBytes())
                .isNotEqualTo(new KeyMaterial("a", "b", "/cd").add("").toBytes());
        assertThat(bytes(List.of("ab", "c"))).isNotEqualTo(bytes(List.of("a", "bc")));
    }

    @Test
    void thePartsThatAreBytesStandBehindTheirLengthToo() {
        byte[] content = "a".getBytes(StandardCharsets.US_ASCII);
        byte[] one =
                new KeyMaterial("r", "s", "/").add(content).add(new byte[0]).toBytes();
        byte[] other =
                new KeyMaterial("r", "s", "/").add(new byte[0]).add(content).toBytes();
        assertThat(one).isNotEqualTo(other);
    }
}
