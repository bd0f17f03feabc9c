package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RequestIdsTest {
    @Property
    void areUuidsOfVersion7(@ForAll @LongRange(min = 0, max = (1L << 48) - 1) long millis, @ForAll long random) {
        UUID id = UUID.fromString(new RequestIds(() -> random).next(millis));
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(millis);
    }

    @Test
    void differInTheSameMillisecond() {
        RequestIds ids = new RequestIds(Sources.system().random().get());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add(ids.next(1_700_000_000_000L))).isTrue();
        }
    }

    @Test
    void areThoseOfRfc9562() {
        // Appendix A.6: rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F, at 2022-02-22T19:22:22Z
        long[] bits = {0xCC3L, 0x18C4DC0C0C07398FL};
        int[] next = {0};
        assertThat(new RequestIds(() -> bits[next[0]++]).next(0x017F22E279B0L))
                .isEqualTo("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    }
}
