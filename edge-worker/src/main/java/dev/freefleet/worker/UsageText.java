package dev.freefleet.worker;

import dev.freefleet.edge.UsageEvent;

/**
 * A usage event as the fleet takes it ({@code docs/edge-protocol.md}).
 *
 * @param whole all of it
 * @param withoutQuestion the same without the question's text
 */
record UsageText(String whole, String withoutQuestion) {
    private static final int BYTES_A_CHAR = 3; // of UTF-8, at the most

    static UsageText of(UsageEvent event, Questions keep) {
        String digest = keep.digest(event);
        String text = keep.text(event);
        // The platform's clock may be set back between two of its readings, so that a duration is below zero.
        JsonText json = new JsonText()
                .open('{')
                .member("id", event.id())
                .member("time_ms", event.timeMillis())
                .member("key_id", event.keyId())
                .member("user_id", event.userId())
                .member("route", event.route())
                .member("method", event.method())
                .member("status", status(event.status()))
                .member("cache", event.cache().label())
                .member("latency_us", Math.max(0, event.latencyMicros()))
                .member("origin_us", Math.max(0, event.originMicros()))
                .member("bytes_in", event.bytesIn())
                .member("bytes_out", event.bytesOut())
                .member("query_digest", digest);
        String most = json.toString();
        String all = json.member("query_text", text).close('}').toString();
        return new UsageText(all, text == null ? all : most + '}');
    }

    /** The fleet refuses a whole batch for one event that is out of its ranges. */
    private static int status(int status) {
        return Math.max(100, Math.min(599, status));
    }

    int maxBytes() {
        return whole.length() * BYTES_A_CHAR;
    }
}
