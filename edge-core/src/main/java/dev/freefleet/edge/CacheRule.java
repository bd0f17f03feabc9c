package dev.freefleet.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What of a route may be stored and reused. */
public sealed interface CacheRule {
    /** Nothing is stored, nothing reused. */
    record Off() implements CacheRule {}

    /**
     * What HTTP itself says (RFC 9111): GET and HEAD under the target URI, as the answer's fields allow.
     *
     * @param maxAnswerBytes a longer answer is not stored
     * @param heuristic whether an answer that says nothing of its freshness but has a Last-Modified is fresh for a tenth
     *     of the time since then; off by default
     */
    record Http(int maxAnswerBytes, boolean heuristic) implements CacheRule {
        public Http {
            RateLimit.requireRange(maxAnswerBytes, 0, 1 << 30, "maxAnswerBytes");
        }

        /** Without heuristics. */
        public Http(int maxAnswerBytes) {
            this(maxAnswerBytes, false);
        }
    }

    /**
     * The route asks a question: its POST and QUERY content (RFC 10008), canonicalised, is the key; so is a GET whose
     * parameters say the same. The rest is as HTTP says; an answer that says nothing of its freshness is fresh for
     * {@code defaultTtlMillis}.
     *
     * @param scope who shares an entry
     * @param defaultTtlMillis freshness where the origin gives none, 0 to a year; the default is an hour
     * @param maxAnswerBytes a longer answer is not stored; the default is 1 MiB
     * @param textMember the JSON member that holds the question's text, which {@code GET ?q=} stands for, or null
     */
    record Query(
            Scope scope,
            long defaultTtlMillis,
            int maxAnswerBytes,
            @Nullable String textMember) implements CacheRule {
        public Query {
            Objects.requireNonNull(scope, "scope");
            RateLimit.requireRange(defaultTtlMillis, 0, 31_536_000_000L, "defaultTtlMillis");
            RateLimit.requireRange(maxAnswerBytes, 0, 1 << 30, "maxAnswerBytes");
        }
    }

    /** Who shares a cache entry. */
    enum Scope {
        /** Every caller who may use the route. */
        PUBLIC,
        /** The keys of one user. */
        USER,
        /** One key. */
        KEY
    }
}
