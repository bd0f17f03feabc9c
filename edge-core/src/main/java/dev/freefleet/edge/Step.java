package dev.freefleet.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the shell must do next for an exchange. The shell performs the step and feeds its result to
 * {@link Exchange#on}; {@link Respond} is the last step of every exchange.
 */
public sealed interface Step {
    /**
     * Check a key's signature: HMAC-SHA256 of {@code signed} under the signing secret of this version, its first bytes
     * compared with {@code mac} in constant time. Answered by {@link Event.KeyVerified}. An unknown version is a key
     * that does not verify.
     */
    record VerifyKey(int secretVersion, byte[] signed, byte[] mac) implements Step {}

    /**
     * Take one request from each of these allowances: all of them or, where one has nothing left, none. Answered by
     * {@link Event.AllowancesTaken} with one result for each, in order.
     */
    record TakeAllowances(List<Allowance> allowances) implements Step {}

    /**
     * Count one request towards each of these quotas: all of them or, where one is used up, none. Answered by
     * {@link Event.QuotasCounted} with one number for each, in order.
     */
    record CountQuotas(List<QuotaUse> uses) implements Step {}

    /**
     * Hold one of {@code max} places under this name until the exchange's answer was written or given up. Answered by
     * {@link Event.Held}.
     */
    record Hold(String bucket, int max) implements Step {}

    /** Collect the request's content, {@code maxBytes} at most: {@link Event.BodyRead} or {@link Event.BodyTooLarge}. */
    record ReadBody(int maxBytes) implements Step {}

    /** SHA-256 of these bytes: {@link Event.Digested}. */
    record Digest(byte[] material) implements Step {}

    /**
     * Bring a text into one form of its letters: NFKC (Unicode annex 15), then each code point by itself in lower case as
     * Unicode says without regard to language or neighbours, then NFKC. Answered by {@link Event.Normalized}. On the JVM:
     * {@code Normalizer} and {@code toLowerCase(Locale.ROOT)} of each code point; in JavaScript {@code normalize('NFKC')} and
     * {@code toLowerCase()} of each.
     *
     * @param text at most {@value Folding#MAX} characters, not ASCII alone
     */
    record Normalize(String text) implements Step {}

    /** Look a cache key up, which is the route's name, a colon and a digest in hex: {@link Event.Found}. */
    record Lookup(String cacheKey) implements Step {}

    /**
     * Ask the origin. Answered by {@link Event.OriginAnswered} or {@link Event.OriginFailed}. Where {@code coalesceKey}
     * is set and a fetch under the same key is under way, the shell may wait (with a time limit) until the exchange of
     * that one has stored, updated or answered, and answer with {@link Event.Coalesced} instead.
     *
     * @param slowMillis after which {@link Event.OriginSlow} is to be told, or 0 for never
     * @param hasStale whether a stale answer stands in where the origin fails, so that there is no waiting for one that
     *     sleeps
     */
    record Fetch(OriginRequest request, @Nullable String coalesceKey, long slowMillis, boolean hasStale)
            implements Step {
        /** Without a stale answer to fall back on. */
        public Fetch(OriginRequest request, @Nullable String coalesceKey) {
            this(request, coalesceKey, 0, false);
        }
    }

    /**
     * Put {@code updated} in the place of the stored answer that it freshens (RFC 9111 section 4.3.4); its body is the
     * stored one's. Answered by {@link Event.Done}, for which the shell need not wait for a slow store.
     */
    record Update(String cacheKey, StoredAnswer stored, StoredAnswer updated) implements Step {}

    /**
     * Remove what is stored under these keys, all variants of it (RFC 9111 section 4.4). Answered by {@link Event.Done},
     * for which the shell need not wait for a slow store.
     */
    record Invalidate(List<String> cacheKeys) implements Step {}

    /** Say how the edge itself is: {@link Event.HealthReported}. */
    record ReportHealth(HealthKind kind) implements Step {}

    /**
     * Answer the client, and then do what {@code store} says. The last step.
     *
     * @param status 200 to 599, and 101 with {@link Content.Tunnel}
     * @param fields the answer's head, without framing (content-length, transfer-encoding, connection), which the shell
     *     sets from {@code content}; with the {@code date} of an answer that the origin made, without one where the
     *     shell is to set it to now
     * @param content where the content comes from; unless it is {@link Content.FromOrigin}, an origin's answer that has
     *     begun is discarded
     * @param store how to store the origin's answer while it streams, or null; only with {@link Content.FromOrigin}
     */
    record Respond(
            int status,
            Fields fields,
            Content content,
            @Nullable StoreOrder store) implements Step {}

    /** Which question of health was asked. */
    enum HealthKind {
        /** The process runs. */
        LIVE,
        /** It can serve: started, not draining. */
        READY,
        /** The edge and the Brain behind it, for people. */
        FULL
    }

    /**
     * One allowance of requests.
     *
     * @param bucket who and what it counts, such as {@code key:42} or {@code addr:192.0.2.7}
     * @param limit how many
     * @param cost 1: take one; 0: take nothing, only tell whether there is one to take
     */
    record Allowance(String bucket, RateLimit limit, int cost) {
        /** One to take. */
        public Allowance(String bucket, RateLimit limit) {
            this(bucket, limit, 1);
        }

        /** What {@link Gcra} says of this allowance; the arguments are those of {@link Gcra#take}. */
        public Gcra.Decision take(long arrivalNanos, long nowNanos) {
            return Gcra.take(arrivalNanos, nowNanos, limit, cost);
        }
    }

    /**
     * One quota and its span.
     *
     * @param bucket who, and which span, such as {@code key:42:2026-11-23}; another span is another bucket
     * @param requests how many requests it has
     * @param endMillis when the span ends and its count may be forgotten, epoch milliseconds
     */
    record QuotaUse(String bucket, long requests, long endMillis) {}

    /** Where an answer's content comes from. */
    sealed interface Content {
        /** No content (also the answer to HEAD, 204 and 304). {@code length} is what content-length tells, or -1. */
        record None(long length) implements Content {}

        /** These bytes. */
        record Bytes(byte[] bytes) implements Content {}

        /** The content of a stored answer. */
        record FromStore(StoredAnswer answer) implements Content {}

        /** A part of the content of a stored answer: {@code length} bytes from {@code offset}. */
        record FromStoreRange(StoredAnswer answer, long offset, long length) implements Content {}

        /** The content of the origin's answer, streamed as it comes, with backpressure. */
        record FromOrigin() implements Content {}

        /** None: after this head both connections are no HTTP any more, and their bytes pass both ways until one ends. */
        record Tunnel() implements Content {}
    }

    /**
     * Store the answer that streams from the origin under this key, once its content is complete and no longer than
     * {@code maxBytes}. An incomplete one is not stored.
     *
     * @param answerWithoutBody the answer as it will stand in the store but for its body and its tags
     * @param tags finds the stored answer's tags in its content, for {@link StoredHead#with}
     * @param endsWithConnection whether content that nothing but the orderly end of its connection delimits counts as
     *     complete (RFC 9112 section 8)
     */
    record StoreOrder(
            String cacheKey, int maxBytes, StoredHead answerWithoutBody, AnswerTags tags, boolean endsWithConnection) {}

    /** A {@link StoredAnswer} whose content has not come yet. */
    record StoredHead(
            int status, Fields fields, long requestMillis, long responseMillis, Fields selecting, String indexVersion) {
        /** The whole answer. */
        public StoredAnswer with(List<String> tags, StoredAnswer.Body body) {
            return new StoredAnswer(status, fields, requestMillis, responseMillis, selecting, indexVersion, tags, body);
        }
    }
}
