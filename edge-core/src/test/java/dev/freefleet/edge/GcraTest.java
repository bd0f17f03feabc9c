package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GcraTest {
    /** A bucket of tokens that fills continuously, in exact arithmetic: what GCRA must be the same as. */
    private static final class TokenBucket {
        private final long interval;
        private final long capacity;
        private long level;
        private long last;

        TokenBucket(RateLimit limit) {
            interval = limit.periodMillis() * 1_000_000 / limit.requests();
            capacity = interval * limit.burst();
            level = capacity;
        }

        boolean take(long now) {
            level = Math.min(capacity, level + now - last);
            last = now;
            if (level < interval) {
                return false;
            }
            level -= interval;
            return true;
        }
    }

    @Property
    void countsAsABucketOfTokensDoes(
            @ForAll @IntRange(min = 1, max = 50) int requests,
            @ForAll @IntRange(min = 1, max = 50) int burst,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(max = 2_000) Integer> gapsMillis) {
        RateLimit limit = new RateLimit(requests, 10_000, burst);
        TokenBucket model = new TokenBucket(limit);
        long now = 0;
        long arrival = 0;
        for (int gap : gapsMillis) {
            now += gap * 1_000_000L;
            Gcra.Decision asked = Gcra.take(arrival, now, limit, 0);
            Gcra.Decision decision = Gcra.take(arrival, now, limit);
            Gcra.Taken taken = decision.taken();
            assertThat(asked.taken().allowed()).isEqualTo(taken.allowed());
            assertThat(taken.allowed()).isEqualTo(model.take(now));
            arrival = decision.arrivalNanos();
            if (taken.allowed()) {
                assertThat(taken.remaining()).isEqualTo(model.level / model.interval);
                assertThat(taken.retryAfterMillis()).isZero();
            } else {
                long later = now + taken.retryAfterMillis() * 1_000_000;
                assertThat(Gcra.take(arrival, later, limit).taken().allowed()).isTrue();
                long sooner = now + (taken.retryAfterMillis() - 1) * 1_000_000;
                assertThat(Gcra.take(arrival, sooner, limit).taken().allowed()).isFalse();
            }
        }
    }

    @Test
    void theGreatestLimitsDoNotOverflow() {
        RateLimit slow = new RateLimit(1, 86_400_000, 1_000_000);

        assertThat(Gcra.take(0, 0, slow).taken().allowed()).isTrue();
        assertThat(Gcra.take(Long.MAX_VALUE / 2, 0, slow).taken().allowed()).isFalse();
    }
}
