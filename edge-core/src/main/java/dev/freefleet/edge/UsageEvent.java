package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/**
 * What is recorded of one request, whatever became of it: the row that ends in {@code usage_logs}. It holds no secret:
 * never a key, a header or a body.
 *
 * @param id a UUIDv7 (RFC 9562 section 5.7) in its 36-character text form; also the answer's {@code X-Request-Id}
 * @param timeMillis when the request's head was complete, epoch milliseconds, UTC
 * @param keyId the key that was accepted, or 0 where none was
 * @param userId the owner of that key, or 0 where none was
 * @param route the configured name of the route, or "none" where no route matched
 * @param method the request's method as sent, at most 16 characters
 * @param status the status that the client was given, 100 to 599; 499 where the client left before an answer's head
 * @param cache what the cache did
 * @param latencyMicros from the request's head to the answer's last byte, microseconds
 * @param originMicros from sending to the origin to its answer's head, microseconds; 0 where the origin was not asked
 * @param bytesIn bytes of the request's content
 * @param bytesOut bytes of the answer's content
 * @param question what is held of the question: its digest, and its text where the policy says to keep it; null where the route is no
 *     query
 * @param node the edge that served it, as configured
 */
public record UsageEvent(
        String id,
        long timeMillis,
        long keyId,
        long userId,
        String route,
        String method,
        int status,
        CacheOutcome cache,
        long latencyMicros,
        long originMicros,
        long bytesIn,
        long bytesOut,
        @Nullable UsageQuestion question,
        String node) {
    /** The same with a question of its own, as {@link UsageQuestion#of} makes it. */
    public UsageEvent(
            String id,
            long timeMillis,
            long keyId,
            long userId,
            String route,
            String method,
            int status,
            CacheOutcome cache,
            long latencyMicros,
            long originMicros,
            long bytesIn,
            long bytesOut,
            @Nullable String queryDigest,
            @Nullable String queryText,
            String node) {
        this(
                id,
                timeMillis,
                keyId,
                userId,
                route,
                method,
                status,
                cache,
                latencyMicros,
                originMicros,
                bytesIn,
                bytesOut,
                UsageQuestion.of(queryDigest, queryText),
                node);
    }

    /** The question's digest, or null. */
    public @Nullable String queryDigest() {
        return question == null ? null : question.digest();
    }

    /** The question's text, or null. */
    public @Nullable String queryText() {
        return question == null ? null : question.text();
    }
}
