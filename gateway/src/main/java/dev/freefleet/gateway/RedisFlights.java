package dev.freefleet.gateway;

import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Fetches under way at any of several gateways: one asks the origin, the others wait until its answer is in Redis, with a time
 * limit. A gateway that dies in the middle holds the others up for that time. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is looked at where it is handled, and has a time limit
final class RedisFlights {
    static final String CHANNEL = RedisScript.PREFIX + "landed";

    private static final String FLIGHT = RedisScript.PREFIX + "f:";

    /** What a gateway is to do about a fetch. */
    enum Part {
        /** Ask the origin, and say what came of it with {@link #landed}. */
        ASKS,
        /** Another gateway has asked: its answer is to be looked up. */
        STORED,
        /** Another gateway asks, which is all that was wanted. */
        SPARED
    }

    private final RedisLink link;
    private final byte[] token = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
    private final Map<String, List<CompletableFuture<Part>>> waiting = new ConcurrentHashMap<>();

    RedisFlights(RedisLink link) {
        this.link = link;
    }

    /**
     * Tells who asks the origin for a key: at once, or later on another thread.
     *
     * @param waits whether to wait for another gateway, else the other's asking is all that is wanted
     * @param waitNanos after which this one asks too
     */
    void join(String key, boolean waits, long waitNanos, Consumer<Part> told) {
        if (!link.hears()) {
            told.accept(Part.ASKS);
            return;
        }
        CompletableFuture<Part> part = new CompletableFuture<>();
        add(key, part); // before Redis is asked, lest the other's word comes in between
        part.whenComplete((is, failed) -> {
            remove(key, part);
            told.accept(is);
        });
        byte[] millis = Long.toString(Math.max(1, TimeUnit.NANOSECONDS.toMillis(waitNanos)))
                .getBytes(StandardCharsets.US_ASCII);
        CompletableFuture<Long> asked = link.run(
                RedisUse.FLIGHTS,
                RedisScript.LEAD,
                ScriptOutputType.INTEGER,
                List.of(RedisPurges.COUNT, flight(key)),
                token,
                millis);
        asked.whenComplete((answer, failed) -> {
            if (failed != null || answer == 1) {
                part.complete(Part.ASKS);
            } else if (answer == 2) {
                part.complete(Part.STORED);
            } else if (!waits) {
                part.complete(Part.SPARED);
            } else {
                part.completeOnTimeout(Part.ASKS, waitNanos, TimeUnit.NANOSECONDS);
            }
        });
    }

    /** Says that this gateway's fetch is over, after its answer was stored, if it was. */
    void landed(String key, boolean stored) {
        CompletableFuture<Long> said = link.run(
                RedisUse.FLIGHTS,
                RedisScript.LAND,
                ScriptOutputType.INTEGER,
                List.of(RedisPurges.COUNT, flight(key)),
                token,
                (stored ? "1" : "0").getBytes(StandardCharsets.US_ASCII),
                CHANNEL.getBytes(StandardCharsets.US_ASCII),
                key.getBytes(StandardCharsets.UTF_8));
        said.exceptionally(failed -> 0L); // those who wait have a time limit
    }

    /** Another gateway's word, or one's own. */
    void heard(String message) {
        List<CompletableFuture<Part>> told = waiting.remove(message.substring(1));
        if (told != null) {
            Part part = message.charAt(0) == '1' ? Part.STORED : Part.ASKS;
            List.copyOf(told).forEach(waiter -> waiter.complete(part));
        }
    }

    private void add(String key, CompletableFuture<Part> part) {
        waiting.compute(key, (same, others) -> {
            List<CompletableFuture<Part>> all = others == null ? new ArrayList<>(1) : new ArrayList<>(others);
            all.add(part);
            return List.copyOf(all);
        });
    }

    @SuppressWarnings("ReferenceEquality") // this very one
    private void remove(String key, CompletableFuture<Part> part) {
        waiting.computeIfPresent(key, (same, others) -> {
            List<CompletableFuture<Part>> rest =
                    others.stream().filter(other -> other != part).toList();
            return rest.isEmpty() ? null : rest;
        });
    }

    private static String flight(String key) {
        return FLIGHT + key + ":";
    }
}
