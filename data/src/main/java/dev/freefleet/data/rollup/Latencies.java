package dev.freefleet.data.rollup;

import java.util.Arrays;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A histogram of latencies with buckets that grow by 2 %: bucket {@code b} holds those over 1.02^(b-1) and up to 1.02^b
 * microseconds, bucket 0 those up to 1. A percentile is told with an error of 1 % at the most; two histograms are merged by
 * adding (C. Masson, J. Rim, H. Lee: DDSketch, VLDB 2019, section 2). Not thread-safe.
 */
public final class Latencies {
    /** The longest latency that is told apart: a day. */
    public static final long MOST_MICROS = 86_400_000_000L;

    static final double GROWTH = 1.02;
    private static final int BUCKETS = bucket(MOST_MICROS) + 1;

    private long[] counts = new long[64];
    private long total;

    static int bucket(long micros) {
        return (int) Math.ceil(Math.log((double) Math.clamp(micros, 1, MOST_MICROS)) / Math.log(GROWTH));
    }

    /** Counts one. */
    public void add(long micros) {
        add(bucket(micros), 1);
    }

    void add(int bucket, long count) {
        int at = Math.clamp(bucket, 0, BUCKETS - 1);
        if (at >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(at + 1, 2 * counts.length));
        }
        counts[at] += count;
        total += count;
    }

    /** Adds another's counts. */
    public void addAll(Latencies other) {
        for (int bucket = 0; bucket < other.counts.length; bucket++) {
            if (other.counts[bucket] != 0) {
                add(bucket, other.counts[bucket]);
            }
        }
    }

    /**
     * Adds counts as PostgreSQL writes two arrays, {@code {3,5}} and {@code {10,1}}; what is behind the shorter one's end is left out.
     *
     * @throws NumberFormatException if they hold anything but whole numbers
     */
    void addAll(String buckets, String numbers) {
        int at = 1;
        int other = 1;
        while (at < buckets.length()
                && other < numbers.length()
                && buckets.charAt(at) != '}'
                && numbers.charAt(other) != '}') {
            int end = end(buckets, at);
            int otherEnd = end(numbers, other);
            add(Integer.parseInt(buckets, at, end, 10), Long.parseLong(numbers, other, otherEnd, 10));
            at = end + 1;
            other = otherEnd + 1;
        }
    }

    private static int end(String array, int from) {
        int comma = array.indexOf(',', from);
        return comma < 0 ? array.length() - 1 : comma;
    }

    /** How many latencies were counted. */
    public long count() {
        return total;
    }

    /**
     * The latency, in microseconds, that a share of all does not exceed.
     *
     * @param share 0 to 1
     * @return 0 where nothing was counted
     */
    public long percentile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            seen += counts[bucket];
            if (seen >= rank && seen > 0) {
                // The value from which both ends of the bucket are equally far, as a share of them.
                return Math.round(2 * Math.pow(GROWTH, bucket) / (1 + GROWTH));
            }
        }
        return 0;
    }

    /** The buckets that are not empty, ascending, as PostgreSQL writes an array. */
    String buckets() {
        return array(bucket -> bucket);
    }

    /** Their counts, as PostgreSQL writes an array. */
    String counts() {
        return array(bucket -> counts[bucket]);
    }

    private String array(IntToLongFunction element) {
        return IntStream.range(0, counts.length)
                .filter(bucket -> counts[bucket] != 0)
                .mapToObj(bucket -> Long.toString(element.applyAsLong(bucket)))
                .collect(Collectors.joining(",", "{", "}"));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Latencies that && buckets().equals(that.buckets()) && counts().equals(that.counts());
    }

    @Override
    public int hashCode() {
        return counts().hashCode();
    }

    @Override
    public String toString() {
        return "Latencies[" + total + ", median " + percentile(0.5) + " us]";
    }
}
