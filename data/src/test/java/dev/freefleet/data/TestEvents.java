package dev.freefleet.data;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Events as a gateway would make them. */
final class TestEvents {
    private TestEvents() {}

    static UsageEvent at(Instant time) {
        return event(UUID.randomUUID().toString(), time, "What is a fleet?");
    }

    static UsageEvent event(String id, Instant time, @Nullable String text) {
        return new UsageEvent(
                id,
                time.toEpochMilli(),
                7,
                3,
                "query",
                "POST",
                200,
                CacheOutcome.MISS,
                12_345,
                12_000,
                30,
                2_000,
                "00112233445566778899aabbccddeeff",
                text,
                "edge-1");
    }
}
