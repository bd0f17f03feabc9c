package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When a store is full if it goes on as in the last 30 days. The pace is the median of the slopes between all pairs of days (Theil and Sen),
 * so that a prune that frees much, or one large backup, does not bend it.
 */
final class Trend {
    private static final int SPAN_DAYS = 30;
    /** Fewer tell nothing. */
    private static final int LEAST_DAYS = 7;

    private static final double CENTURY_DAYS = 36_500;

    private Trend() {}

    /**
     * Goes by the sizes that a ledger holds.
     *
     * @return days from the last of them on; +Inf: it does not grow, or fills in more than a century; NaN: fewer than 7 days are known
     */
    static double daysUntilFull(List<ObjectNode> events, String store) {
        TreeMap<LocalDate, ObjectNode> last = new TreeMap<>();
        for (ObjectNode event : events) {
            Instant at = HistorySync.instant(event.path("at").asText());
            if (at != null
                    && event.path("kind").asText().equals("size")
                    && event.path("store").asText().equals(store)) {
                last.put(LocalDate.ofInstant(at, ZoneOffset.UTC), event);
            }
        }
        if (last.isEmpty()) {
            return Double.NaN;
        }
        Map<LocalDate, ObjectNode> days = last.tailMap(last.lastKey().minusDays(SPAN_DAYS));
        if (days.size() < LEAST_DAYS) {
            return Double.NaN;
        }
        ObjectNode newest = last.lastEntry().getValue();
        double room = newest.path("cap_bytes").asDouble() - newest.path("bytes").asDouble();
        double pace = pace(List.copyOf(days.values()));
        double left = Math.max(0, room) / pace;
        return pace <= 0 || left > CENTURY_DAYS ? Double.POSITIVE_INFINITY : left;
    }

    /** Bytes a day. */
    private static double pace(List<ObjectNode> sizes) {
        double[] slopes = new double[sizes.size() * (sizes.size() - 1) / 2];
        int n = 0;
        for (int later = 1; later < sizes.size(); later++) {
            for (int before = 0; before < later; before++) {
                Duration between = Duration.between(at(sizes.get(before)), at(sizes.get(later)));
                double days = Math.max(1, between.toMillis())
                        / (double) ChronoUnit.DAYS.getDuration().toMillis();
                slopes[n++] = (bytes(sizes.get(later)) - bytes(sizes.get(before))) / days;
            }
        }
        Arrays.sort(slopes);
        return slopes[n / 2];
    }

    private static Instant at(ObjectNode size) {
        return Instant.parse(size.path("at").asText());
    }

    private static double bytes(ObjectNode size) {
        return size.path("bytes").asDouble();
    }
}
