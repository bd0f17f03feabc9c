package dev.freefleet.brain;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class ConfidencePropertiesTest {

    @Property
    void liesBetweenZeroAndOneAndGrowsWithBothSimilarities(
            @ForAll @DoubleRange(min = -1, max = 1) double cosine,
            @ForAll @DoubleRange(max = 1) double coverage,
            @ForAll @DoubleRange(max = 1) double more) {
        double confidence = Confidence.of(cosine, coverage);
        assertThat(confidence).isBetween(0.0, 1.0);
        assertThat(Confidence.of(cosine + more, coverage)).isGreaterThanOrEqualTo(confidence);
        assertThat(Confidence.of(cosine, coverage + more)).isGreaterThanOrEqualTo(confidence);
        assertThat(Verdict.of(confidence)).isIn((Object[]) Verdict.values());
    }
}
