package dev.freefleet.testkit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ZipfTest {
    @Property(tries = 100)
    void probabilitiesFallAsThePowerLawSaysAndSumToOne(
            @ForAll @IntRange(min = 2, max = 5_000) int ranks,
            @ForAll @DoubleRange(min = 0.1, max = 3) double exponent) {
        var zipf = new Zipf(ranks, exponent);
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            sum += zipf.probability(rank);
        }
        assertThat(sum).isCloseTo(1, within(1e-9));
        double ratio = zipf.probability(0) / zipf.probability(ranks - 1);
        assertThat(Math.log(ratio) / Math.log(ranks)).isCloseTo(exponent, within(1e-4));
    }

    @Property(tries = 20)
    void samplesFollowTheProbabilities(@ForAll long seed, @ForAll @DoubleRange(min = 0.5, max = 1.5) double exponent) {
        var zipf = new Zipf(1_000, exponent);
        var random = new SplittableRandom(seed);
        int draws = 100_000;
        int[] counts = new int[zipf.ranks()];
        for (int i = 0; i < draws; i++) {
            counts[zipf.sample(random)]++;
        }
        for (int rank : new int[] {0, 1, 9, 99}) {
            double expected = draws * zipf.probability(rank);
            // Seven standard deviations: a true sampler fails once in some 10^11 tries.
            assertThat((double) counts[rank]).isCloseTo(expected, within(7 * Math.sqrt(expected) + 1));
        }
    }

    @Test
    void refusesWhatIsNoDistribution() {
        assertThatThrownBy(() -> new Zipf(0, 1)).hasMessageContaining("ranks must be 1 to");
        assertThatThrownBy(() -> new Zipf(10, 0)).hasMessageContaining("exponent must be above 0");
        assertThatThrownBy(() -> new Zipf(10, Double.NaN)).hasMessageContaining("exponent must be above 0");
    }
}
