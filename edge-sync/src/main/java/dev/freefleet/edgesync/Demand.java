package dev.freefleet.edgesync;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * How often edges were asked for keys lately, by what they tell: halved each hour, and sooner where there are too many. For
 * who guesses what will be asked next; not exact. Thread-safe.
 */
final class Demand {
    static final int MAX_KEYS = 10_000;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final int MAX_COUNT = 1_000_000_000;
    private static final Pattern KEY = Pattern.compile("[!-~]{1,128}:[0-9a-f]{64}");

    private final LongSupplier millis;
    private final Map<String, Integer> counts = new HashMap<>();
    private long halvedAt;

    /** @param millis now, epoch milliseconds */
    Demand(LongSupplier millis) {
        this.millis = millis;
        halvedAt = millis.getAsLong();
    }

    /** Whether this has the form of a cache key: the name of a route, a colon, a digest. */
    static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    /** @param times 1 to 1,000,000 */
    synchronized void add(String key, int times) {
        halveByTime();
        while (counts.size() >= MAX_KEYS && !counts.containsKey(key)) {
            halve(1);
        }
        counts.merge(key, times, (old, more) -> Math.min(MAX_COUNT, old + more));
    }

    /** The keys that were asked for most, at most so many. */
    synchronized List<String> hottest(int limit) {
        halveByTime();
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .map(Map.Entry::getKey)
                .toList();
    }

    private void halveByTime() {
        long hours = (millis.getAsLong() - halvedAt) / HOUR_MILLIS;
        if (hours > 0) {
            halvedAt += hours * HOUR_MILLIS;
            halve((int) Math.min(hours, Integer.SIZE - 1));
        }
    }

    private void halve(int times) {
        counts.replaceAll((key, count) -> count >> times);
        counts.values().removeIf(count -> count == 0);
    }
}
