package dev.freefleet.edgesync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuotaWatchTest {
    private static final Instant NOON = Instant.parse("2026-12-31T12:00:00Z");
    private static final long MIDNIGHT = Instant.parse("2027-01-01T00:00:00Z").toEpochMilli();
    private static final List<Quota> TEN_A_DAY = List.of(new Quota(10, Quota.Period.DAY));

    private final List<QuotaWatch.Use> uses = new ArrayList<>();
    private Collection<Long> asked = List.of();
    private final QuotaWatch watch = new QuotaWatch(
            others -> {
                asked = others;
                return uses;
            },
            Map.of(
                    "default", new EdgePolicy.Plan(new RateLimit(60, 60_000), TEN_A_DAY),
                    "free", new EdgePolicy.Plan(new RateLimit(60, 60_000), List.of())));

    private KnownKeys.Exhausted at(Map<String, Long> counted) {
        return watch.at(NOON, counted, buckets -> Map.of());
    }

    @Test
    void whatTheGatewayAndOtherEdgesHaveServedIsOneCount() {
        uses.add(new QuotaWatch.Use(1, "default", List.of(), 6, 100));
        assertThat(at(Map.of("key:1:2026-12-31", 3L)).everywhere()).isEmpty();
        assertThat(at(Map.of("key:1:2026-12-31", 4L)))
                .isEqualTo(new KnownKeys.Exhausted(Map.of(1L, MIDNIGHT), Map.of(1L, MIDNIGHT)));
        assertThat(at(Map.of("key:1:2026-12-30", 40L)).everywhere())
                .as("yesterday")
                .isEmpty();
    }

    @Test
    void whatOtherGatewaysHaveServedCountsToo() {
        uses.add(new QuotaWatch.Use(1, "default", List.of(), 6, 100));
        uses.add(new QuotaWatch.Use(2, "free", List.of(), 6, 100));
        Map<String, Long> here = Map.of("key:1:2026-12-31", 1L);
        List<String> wanted = new ArrayList<>();
        QuotaWatch.Shared three = buckets -> {
            wanted.addAll(buckets);
            return Map.of("key:1:2026-12-31", 3L);
        };
        assertThat(watch.at(NOON, here, three).everywhere()).isEmpty();
        assertThat(wanted).as("also of keys that this gateway never saw").containsExactly("key:1:2026-12-31");
        assertThat(watch.at(NOON, here, buckets -> Map.of("key:1:2026-12-31", 4L))
                        .everywhere())
                .containsEntry(1L, MIDNIGHT);
        assertThat(watch.at(NOON, Map.of("key:1:2026-12-31", 5L), three).everywhere())
                .as("what is known here is not less because Redis lost it")
                .containsEntry(1L, MIDNIGHT);
    }

    @Test
    void theKeysOwnQuotaStandsInPlaceOfThePlans() {
        uses.add(new QuotaWatch.Use(1, "default", List.of(new Quota(50, Quota.Period.MONTH)), 20, 49));
        assertThat(at(Map.of()).everywhere()).isEmpty();
        assertThat(at(Map.of("key:1:2026-12", 1L)).everywhere()).containsEntry(1L, MIDNIGHT);
    }

    @Test
    void aMonthEndsWithItsLastDayInUtc() {
        uses.add(new QuotaWatch.Use(1, "free", List.of(new Quota(5, Quota.Period.MONTH)), 5, 5));
        long end = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
        assertThat(watch.at(Instant.parse("2026-02-28T23:59:59Z"), Map.of(), buckets -> Map.of())
                        .everywhere())
                .containsEntry(1L, end);
    }

    @Test
    void whoHasNoQuotaOrAnUnknownPlanIsJudgedRight() {
        uses.add(new QuotaWatch.Use(1, "free", List.of(), 1_000_000, 1_000_000));
        uses.add(new QuotaWatch.Use(2, "gone", List.of(), 10, 10));
        assertThat(at(Map.of()).everywhere()).containsOnlyKeys(2L);
    }

    @Test
    void keysThatOnlyTheGatewayHasServedAreAskedForAndToldToOthersAlone() {
        uses.add(new QuotaWatch.Use(3, "default", List.of(), 0, 0));
        KnownKeys.Exhausted exhausted =
                at(Map.of("key:3:2026-12-31", 10L, "key:3:2026-12", 10L, "key:4", 1L, "addr:x", 2L));
        assertThat(asked).containsExactly(3L);
        assertThat(exhausted).isEqualTo(new KnownKeys.Exhausted(Map.of(3L, MIDNIGHT), Map.of()));
    }
}
