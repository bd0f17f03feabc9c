package dev.freefleet.data.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LatenciesTest {
    @Provide
    Arbitrary<List<Long>> latencies() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0, 2_000),
                        Arbitraries.longs().between(0, 60_000_000),
                        Arbitraries.longs().between(0, Latencies.MOST_MICROS))
                .list()
                .ofMinSize(1)
                .ofMaxSize(400);
    }

    private static Latencies of(List<Long> micros) {
        Latencies latencies = new Latencies();
        micros.forEach(latencies::add);
        return latencies;
    }

    @Property(tries = 300)
    void everyPercentileIsRightToAPercent(@ForAll("latencies") List<Long> micros) {
        Latencies latencies = of(micros);
        List<Long> sorted = micros.stream().sorted().toList();
        for (double share : new double[] {0.01, 0.5, 0.9, 0.99, 1}) {
            long exact = sorted.get((int) Math.max(1, Math.ceil(share * sorted.size())) - 1);
            // A microsecond for rounding.
            assertThat(latencies.percentile(share)).isCloseTo(exact, within(1 + exact / 99));
        }
    }

    @Property
    void whatIsWrittenForPostgresqlIsReadBack(@ForAll("latencies") List<Long> micros) {
        Latencies written = new Latencies();
        micros.forEach(written::add);
        Latencies read = new Latencies();
        read.addAll(written.buckets(), written.counts());
        assertThat(read).isEqualTo(written);
        assertThat(read.count()).isEqualTo(micros.size());
    }

    @Property(tries = 200)
    void aMergeOfAnyPartsIsTheWhole(@ForAll("latencies") List<Long> micros, @ForAll int seed) {
        List<Long> shuffled = new java.util.ArrayList<>(micros);
        Collections.shuffle(shuffled, new java.util.Random(seed));
        Latencies merged = of(shuffled.subList(0, shuffled.size() / 3));
        merged.addAll(of(shuffled.subList(shuffled.size() / 3, shuffled.size())));

        assertThat(merged).isEqualTo(of(micros)).hasSameHashCodeAs(of(micros));
        assertThat(merged.count()).isEqualTo(micros.size());
    }

    @Example
    void whatIsOutOfRangeIsAtItsEnds() {
        Latencies latencies = of(List.of(Long.MIN_VALUE, -1L, 0L, 1L));
        assertThat(latencies.percentile(1)).isEqualTo(1);
        assertThat(of(List.of(Long.MAX_VALUE)).percentile(0.5))
                .isCloseTo(Latencies.MOST_MICROS, within(Latencies.MOST_MICROS / 99));
        assertThat(new Latencies().percentile(0.5)).isZero();
    }
}
