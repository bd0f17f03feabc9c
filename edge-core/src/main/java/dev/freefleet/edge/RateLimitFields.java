package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells a client its allowances in {@code RateLimit-Policy} and {@code RateLimit}
 * (draft-ietf-httpapi-ratelimit-headers), which are lists of structured fields.
 */
final class RateLimitFields {
    private final List<Entry> entries = new ArrayList<>(3);

    private record Entry(String policy, RateLimit limit, Gcra.Taken taken) {}

    /**
     * Adds what was left of an allowance.
     *
     * @param policy what the client reads: {@code address}, {@code key} or {@code route}
     */
    void add(String policy, RateLimit limit, Gcra.Taken taken) {
        entries.add(new Entry(policy, limit, taken));
    }

    void writeTo(Fields.Builder fields) {
        if (entries.isEmpty()) {
            return;
        }
        StringBuilder policies = new StringBuilder();
        StringBuilder states = new StringBuilder();
        for (Entry entry : entries) {
            String separator = policies.isEmpty() ? "\"" : ", \"";
            policies.append(separator)
                    .append(entry.policy)
                    .append("\";q=")
                    .append(entry.limit.requests())
                    .append(";w=")
                    .append(seconds(entry.limit.periodMillis()));
            states.append(separator)
                    .append(entry.policy)
                    .append("\";r=")
                    .append(entry.taken.remaining())
                    .append(";t=")
                    .append(seconds(entry.taken.resetMillis()));
        }
        fields.set("ratelimit-policy", policies.toString()).set("ratelimit", states.toString());
    }

    /** Whole seconds, rounded up: a client that waits that long is not too early. */
    static long seconds(long millis) {
        return (millis + 999) / 1_000;
    }
}
