package dev.freefleet.edge;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What of a route may be stored and reused. */
public sealed interface CacheRule {
    /** Nothing is stored, nothing reused. */
    record Off() implements CacheRule {}

    /**
     * What HTTP itself says (RFC 9111): GET, HEAD and QUERY under the target URI, as the answer's fields allow.
     *
     * @param maxAnswerBytes a longer answer is not stored
     * @param heuristic whether an answer that says nothing of its freshness but has a Last-Modified is fresh for a tenth
     *     of the time since then; off by default
     * @param stale what holds for answers that say nothing of it; the default is {@link Stale#NEVER}
     * @param storeErrors whether answers that blame the request (400, 403, 406 and their like) are stored where they say
     *     explicitly how long they are fresh, as RFC 9111 section 3 allows; off by default, since one hostile request
     *     could then deny the resource to everybody (cpdos.org)
     * @param storeStreams whether streams of events (text/event-stream) that ended as they should are stored and replayed;
     *     off by default
     */
    record Http(int maxAnswerBytes, boolean heuristic, Stale stale, boolean storeErrors, boolean storeStreams)
            implements CacheRule {
        public Http {
            RateLimit.requireRange(maxAnswerBytes, 0, 1 << 30, "maxAnswerBytes");
            Objects.requireNonNull(stale, "stale");
        }

        /** Without streams of events. */
        public Http(int maxAnswerBytes, boolean heuristic, Stale stale, boolean storeErrors) {
            this(maxAnswerBytes, heuristic, stale, storeErrors, false);
        }

        /** Without the answers that blame the request. */
        public Http(int maxAnswerBytes, boolean heuristic, Stale stale) {
            this(maxAnswerBytes, heuristic, stale, false);
        }

        /** Stale answers only where they themselves allow it. */
        public Http(int maxAnswerBytes, boolean heuristic) {
            this(maxAnswerBytes, heuristic, Stale.NEVER);
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
     * @param stale what holds for answers that say nothing of it; the default is {@link Stale#OF_QUESTIONS}
     * @param keyFields lower-case names of request fields that answers depend on: they are part of the key and reach the
     *     origin; none by default
     * @param foldText whether questions that differ in case, in white space or in the Unicode form of their letters (NFKC)
     *     alone are the same: white space at the ends of the text member does not count, runs of it count as one space; a
     *     text of more than 1,024 characters that are not all ASCII counts as it is; off by default
     * @param tags what answers can be purged by; the default is {@link AnswerTags#SOURCES}
     * @param storeStreams whether streams of events (text/event-stream) that ended as they should are stored and replayed;
     *     off by default
     */
    record Query(
            Scope scope,
            long defaultTtlMillis,
            int maxAnswerBytes,
            @Nullable String textMember,
            Stale stale,
            List<String> keyFields,
            boolean foldText,
            AnswerTags tags,
            boolean storeStreams)
            implements CacheRule {
        public Query {
            Objects.requireNonNull(scope, "scope");
            RateLimit.requireRange(defaultTtlMillis, 0, 31_536_000_000L, "defaultTtlMillis");
            RateLimit.requireRange(maxAnswerBytes, 0, 1 << 30, "maxAnswerBytes");
            Objects.requireNonNull(stale, "stale");
            Objects.requireNonNull(tags, "tags");
            keyFields = List.copyOf(keyFields);
            for (String field : keyFields) {
                boolean secret = field.equals("x-api-key") || field.equals("authorization");
                if (!Ascii.isToken(field) || !field.equals(Ascii.lower(field)) || secret) {
                    throw new IllegalArgumentException(
                            "keyFields must be lower-case names of fields without secrets, but one is \"" + field
                                    + "\"");
                }
            }
        }

        /** Without streams of events. */
        public Query(
                Scope scope,
                long defaultTtlMillis,
                int maxAnswerBytes,
                @Nullable String textMember,
                Stale stale,
                List<String> keyFields,
                boolean foldText,
                AnswerTags tags) {
            this(scope, defaultTtlMillis, maxAnswerBytes, textMember, stale, keyFields, foldText, tags, false);
        }

        /** With the default tags. */
        public Query(
                Scope scope,
                long defaultTtlMillis,
                int maxAnswerBytes,
                @Nullable String textMember,
                Stale stale,
                List<String> keyFields,
                boolean foldText) {
            this(scope, defaultTtlMillis, maxAnswerBytes, textMember, stale, keyFields, foldText, AnswerTags.SOURCES);
        }

        /** With the defaults of what is not named. */
        public Query(Scope scope, long defaultTtlMillis, int maxAnswerBytes, @Nullable String textMember) {
            this(scope, defaultTtlMillis, maxAnswerBytes, textMember, Stale.OF_QUESTIONS, List.of(), false);
        }
    }

    /**
     * How long after its freshness an answer may still be used (RFC 5861), where it does not say so itself. An answer
     * that forbids it (must-revalidate, proxy-revalidate, no-cache, s-maxage) is never used stale by this.
     *
     * @param whileRevalidateMillis while the origin is asked behind the client's back, 0 to a year
     * @param ifErrorMillis where the origin cannot be reached or answers 500, 502, 503 or 504, 0 to a year
     * @param ifSlowMillis after which an answer that might be used on an error is used because the origin has not
     *     answered yet, while it goes on being asked, up to 10 minutes; 0: never
     */
    record Stale(long whileRevalidateMillis, long ifErrorMillis, long ifSlowMillis) {
        /** Only as answers themselves allow. */
        public static final Stale NEVER = new Stale(0, 0);

        /** A day on errors, never otherwise. */
        public static final Stale A_DAY_ON_ERRORS = new Stale(0, 86_400_000);

        /** The default of questions: a day on errors, and where the origin has not answered after five seconds. */
        public static final Stale OF_QUESTIONS = new Stale(0, 86_400_000, 5_000);

        public Stale {
            RateLimit.requireRange(whileRevalidateMillis, 0, 31_536_000_000L, "whileRevalidateMillis");
            RateLimit.requireRange(ifErrorMillis, 0, 31_536_000_000L, "ifErrorMillis");
            RateLimit.requireRange(ifSlowMillis, 0, 600_000, "ifSlowMillis");
        }

        /** However slow the origin is. */
        public Stale(long whileRevalidateMillis, long ifErrorMillis) {
            this(whileRevalidateMillis, ifErrorMillis, 0);
        }
    }

    /** What holds for stale answers that say nothing of it. */
    default Stale staleness() {
        return switch (this) {
            case Off ignored -> Stale.NEVER;
            case Http http -> http.stale();
            case Query query -> query.stale();
        };
    }

    /** Whether everybody who may use the route shares what is stored of it; not where nothing is. */
    default boolean isShared() {
        return switch (this) {
            case Off ignored -> false;
            case Http ignored -> true;
            case Query query -> query.scope() == Scope.PUBLIC;
        };
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
