package dev.freefleet.edge;

import java.util.List;

/** What became of a {@link Step}. */
public sealed interface Event {
    /** The answer to {@link Step.VerifyKey}. */
    record KeyVerified(boolean valid) implements Event {}

    /** The answer to {@link Step.TakeAllowances}: one result for each allowance, in order. */
    record AllowancesTaken(List<Gcra.Taken> results) implements Event {}

    /**
     * The answer to {@link Step.CountQuotas}: for each quota how many requests are left after this one, or -1 where it
     * was used up.
     */
    record QuotasCounted(List<Long> remaining) implements Event {}

    /** The answer to {@link Step.Hold}: whether there was a place. */
    record Held(boolean held) implements Event {}

    /** The whole content of the request. */
    record BodyRead(byte[] content) implements Event {}

    /** The content is longer than the step allowed; the shell reads no more of it. */
    record BodyTooLarge() implements Event {}

    /** The answer to {@link Step.Digest}: 32 bytes. */
    record Digested(byte[] sha256) implements Event {}

    /** The answer to {@link Step.Normalize}. */
    record Normalized(String text) implements Event {}

    /** The answer to {@link Step.Lookup}: the stored variants, none where nothing is stored. */
    record Found(List<StoredAnswer> variants) implements Event {}

    /** Another request's fetch of the same key is done, and these variants are stored now. */
    record Coalesced(List<StoredAnswer> variants) implements Event {}

    /** The head of the origin's answer is there; its content waits. Times are epoch milliseconds. */
    record OriginAnswered(int status, Fields fields, long requestMillis, long responseMillis) implements Event {}

    /**
     * The origin gave no answer.
     *
     * @param retryAfterSeconds when asking again may help, where that is known, or 0
     */
    record OriginFailed(Failure failure, long retryAfterSeconds) implements Event {
        /** Without a word on when to ask again. */
        public OriginFailed(Failure failure) {
            this(failure, 0);
        }
    }

    /**
     * The time of {@link Step.Fetch#slowMillis} is over, and there is no answer yet; told once. If the exchange is then
     * answered, the fetch goes on for {@link Exchange#background}, whose first step it is.
     */
    record OriginSlow() implements Event {}

    /** The client's content, streamed to the origin, exceeded its cap. */
    record StreamTooLarge() implements Event {}

    /** The answer to {@link Step.Update} and {@link Step.Invalidate}. */
    record Done() implements Event {}

    /** The answer to {@link Step.ReportHealth}: a status and a JSON object. */
    record HealthReported(int status, byte[] json) implements Event {}

    /** How an origin fails. */
    enum Failure {
        /** No connection: refused, unknown host, unreachable. */
        UNREACHABLE,
        /** No answer's head in time. */
        TIMEOUT,
        /** It was not asked: too many requests are at it and wait for it already. */
        OVERLOADED,
        /** It was not asked: it has failed too often, or says itself that it is down. */
        CIRCUIT_OPEN,
        /** It sleeps, is being woken, and was not awake in time, or too many wait for it already. */
        ASLEEP,
        /** The connection broke, or what came was no HTTP, before an answer's head was there. */
        BROKEN
    }
}
