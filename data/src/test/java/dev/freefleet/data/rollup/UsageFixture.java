package dev.freefleet.data.rollup;

import static dev.freefleet.data.Eventually.eventually;

import dev.freefleet.data.DataPlane;
import dev.freefleet.data.IngestConfig;
import dev.freefleet.data.UsageIngest;
import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Requests as gateways would have told them, made from a seed. */
public final class UsageFixture {
    private static final List<CacheOutcome> OUTCOMES = List.of(CacheOutcome.values());

    private final Random random;

    public UsageFixture(long seed) {
        random = new Random(seed);
    }

    /** Spread over a span of time. */
    public List<UsageEvent> events(Instant from, Instant to, int count) {
        List<UsageEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long time = random.nextLong(from.toEpochMilli(), to.toEpochMilli());
            CacheOutcome cache = OUTCOMES.get(random.nextInt(OUTCOMES.size()));
            int question = (int) Math.floor(Math.exp(random.nextDouble() * 4));
            long user = random.nextInt(6);
            events.add(new UsageEvent(
                    new UUID(random.nextLong(), random.nextLong()).toString(),
                    time,
                    user == 0 ? 0 : 100 + user,
                    user,
                    random.nextBoolean() ? "query" : "search",
                    "POST",
                    List.of(200, 200, 200, 304, 404, 429, 503).get(random.nextInt(7)),
                    cache,
                    (long) Math.exp(random.nextDouble() * 18),
                    cache == CacheOutcome.MISS ? random.nextInt(1, 900_000) : 0,
                    random.nextInt(500),
                    random.nextInt(9_000),
                    random.nextInt(4) == 0 ? null : "%032x".formatted(question),
                    random.nextInt(3) == 0 ? null : "=What is " + question + "?\u0001 \"Grüße\"",
                    random.nextBoolean() ? "edge-1" : "edge-2"));
        }
        return events;
    }

    /** Through the ingest, as in a fleet. */
    public static void write(DataPlane plane, List<UsageEvent> events) throws InterruptedException {
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            for (UsageEvent event : events) {
                eventually("room in the ring", () -> ingest.offer(event));
            }
            eventually("all are written", () -> ingest.written() == events.size());
        }
    }
}
