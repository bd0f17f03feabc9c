package dev.freefleet.edge;

import java.util.Arrays;

/**
 * Tells a client its allowances in {@code RateLimit-Policy} and {@code RateLimit}
 * (draft-ietf-httpapi-ratelimit-headers), which are lists of structured fields.
 */
final class RateLimitFields {
    /** What each has: name, quota, window, remaining, reset. */
    private static final int LONGS = 4;

    private final Recent recent;
    private String[] policies = new String[4];
    private long[] numbers = new long[4 * LONGS];
    private int size;

    /** @param recent remembers how the policies were written the last time */
    RateLimitFields(Recent recent) {
        this.recent = recent;
    }

    /** The policies of a request as they are written; those of the next are mostly the same. Immutable. */
    static final class Written {
        private final String[] policies;
        private final long[] numbers;
        private final String text;

        private Written(String[] policies, long[] numbers, String text) {
            this.policies = policies;
            this.numbers = numbers;
            this.text = text;
        }

        private boolean is(RateLimitFields other) {
            if (policies.length != other.size) {
                return false;
            }
            for (int i = 0; i < policies.length; i++) {
                int at = i * LONGS;
                if (!policies[i].equals(other.policies[i])
                        || numbers[at] != other.numbers[at]
                        || numbers[at + 1] != other.numbers[at + 1]) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Adds what was left of an allowance.
     *
     * @param policy what the client reads: {@code address}, {@code key} or {@code route}
     */
    void add(String policy, RateLimit limit, Gcra.Taken taken) {
        add(policy, limit.requests(), limit.periodMillis(), taken.remaining(), taken.resetMillis());
    }

    void add(String policy, long quota, long windowMillis, long remaining, long resetMillis) {
        if (size == policies.length) {
            policies = Arrays.copyOf(policies, size * 2);
            numbers = Arrays.copyOf(numbers, size * 2 * LONGS);
        }
        policies[size] = policy;
        int at = size++ * LONGS;
        numbers[at] = quota;
        numbers[at + 1] = seconds(windowMillis);
        numbers[at + 2] = remaining;
        numbers[at + 3] = seconds(resetMillis);
    }

    void writeTo(Fields.Builder fields) {
        if (size > 0) {
            fields.add("ratelimit-policy", policies()).add("ratelimit", write("\";r=", ";t=", 2));
        }
    }

    private String policies() {
        Written last = recent.policies();
        if (last == null || !last.is(this)) {
            last = new Written(
                    Arrays.copyOf(policies, size), Arrays.copyOf(numbers, size * LONGS), write("\";q=", ";w=", 0));
            recent.policies(last);
        }
        return last.text;
    }

    private String write(String first, String second, int offset) {
        StringBuilder text = new StringBuilder(96);
        for (int i = 0; i < size; i++) {
            int at = i * LONGS + offset;
            text.append(i == 0 ? "\"" : ", \"")
                    .append(policies[i])
                    .append(first)
                    .append(numbers[at])
                    .append(second)
                    .append(numbers[at + 1]);
        }
        return text.toString();
    }

    /** Whole seconds, rounded up: a client that waits that long is not too early. */
    static long seconds(long millis) {
        return (millis + 999) / 1_000;
    }
}
