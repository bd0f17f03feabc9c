package dev.freefleet.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

class RankFusionPropertiesTest {

    @Example
    void isTheFormulaOfThePaper() {
        Map<String, Double> scores = RankFusion.fuse(List.of(List.of("a", "b"), List.of("b", "c")));
        assertThat(scores.get("a")).isCloseTo(1 / 61.0, within(1e-12));
        assertThat(scores.get("b")).isCloseTo(1 / 62.0 + 1 / 61.0, within(1e-12));
        assertThat(scores.get("c")).isCloseTo(1 / 62.0, within(1e-12));
    }

    @Property
    void hasEachItemOnceAndNoOther(
            @ForAll @Size(max = 4) List<@Size(max = 30) List<@IntRange(max = 50) Integer>> lists) {
        Set<Integer> all = new HashSet<>();
        lists.forEach(all::addAll);
        assertThat(RankFusion.fuse(lists).keySet()).isEqualTo(all);
    }

    @Property
    void doesNotDependOnTheOrderOfTheLists(
            @ForAll @UniqueElements List<@IntRange(max = 50) Integer> one,
            @ForAll @UniqueElements List<@IntRange(max = 50) Integer> two) {
        assertThat(RankFusion.fuse(List.of(one, two))).isEqualTo(RankFusion.fuse(List.of(two, one)));
    }

    @Property
    void keepsTheOrderThatBothListsAgreeOn(
            @ForAll @UniqueElements @Size(min = 2) List<@IntRange(max = 99) Integer> list) {
        Map<Integer, Double> scores = RankFusion.fuse(List.of(list, list));
        for (int i = 1; i < list.size(); i++) {
            assertThat(scores.get(list.get(i))).isLessThan(scores.get(list.get(i - 1)));
        }
    }
}
