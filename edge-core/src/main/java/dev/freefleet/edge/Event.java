package dev.freefleet.edge;

import java.util.List;

/** What became of a {@link Step}. */
public sealed interface Event {
    /** The answer to {@link Step.VerifyKey}. */
    record KeyVerified(boolean valid) implements Event {}

    /** The answer to {@link Step.TakeAllowances}: one result for each allowance, in order. */
    record AllowancesTaken(List<Gcra.Taken> results) implements Event {}

    /** The whole content of the request. */
    record BodyRead(byte[] content) implements Event {}

    /** The content is longer than the step allowed; the shell reads no more of it. */
    record BodyTooLarge() implements Event {}

    /** The answer to {@link Step.Digest}: 32 bytes. */
    record Digested(byte[] sha256) implements Event {}

    /** The answer to {@link Step.Lookup}: the stored variants, none where nothing is stored. */
    record Found(List<StoredAnswer> variants) implements Event {}

    /** Another request's fetch of the same key is done, and these variants are stored now. */
    record Coalesced(List<StoredAnswer> variants) implements Event {}

    /** The head of the origin's answer is there; its content waits. Times are epoch milliseconds. */
    record OriginAnswered(int status, Fields fields, long requestMillis, long responseMillis) implements Event {}

    /** The origin gave no answer. */
    record OriginFailed(Failure failure) implements Event {}

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
        /** The connection broke, or what came was no HTTP, before an answer's head was there. */
        BROKEN
    }
}
