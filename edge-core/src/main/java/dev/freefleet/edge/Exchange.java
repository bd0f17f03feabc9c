package dev.freefleet.edge;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer as a state machine that does no I/O: it says the next {@link Step}, the shell performs it
 * and feeds back the {@link Event}. Not thread-safe: one caller at a time.
 *
 * <p>The order of decisions: target, route, client address, key, limits, cache, origin. Nothing that comes later is
 * looked at before what comes earlier has let the request pass.
 */
public final class Exchange {
    private final Call call;
    private final Supplier<Phase.Next> beginning;
    private @Nullable Phase phase;
    private boolean finished;

    Exchange(EdgeState edge, RequestHead request) {
        call = new Call(edge, request);
        beginning = () -> Admission.begin(call);
    }

    Exchange(Call call, Supplier<Phase.Next> beginning) {
        this.call = call;
        this.beginning = beginning;
    }

    /** The first step. Called once. */
    public Step start() {
        if (phase != null) {
            throw new IllegalStateException("the exchange has started");
        }
        return enter(beginning.get());
    }

    /**
     * The step after this event.
     *
     * @throws IllegalStateException if the event does not answer the last step: a fault of the shell
     */
    public Step on(Event event) {
        if (phase == null) {
            throw new IllegalStateException("the exchange has not started");
        }
        return enter(phase.on(event));
    }

    private Step enter(Phase.Next next) {
        phase = next.phase();
        return next.step();
    }

    /** The label of the matched route, "none" where none matched (yet); for metrics. */
    public String route() {
        return call.routeLabel();
    }

    /** What the cache did so far. */
    public CacheOutcome cache() {
        return call.outcome;
    }

    /**
     * An exchange to be run after the answer was written, or null: it asks the origin behind the client's back (RFC 5861
     * section 3). It goes like every other, but nobody reads its answer: the content is read, so that it is stored, and
     * dropped. It has no usage event.
     */
    public @Nullable Exchange background() {
        return call.background;
    }

    /**
     * The record of this exchange, made once, after the answer's last byte was written or given up.
     *
     * @param status what the client was given; 499 where it left before an answer's head
     */
    public UsageEvent finish(int status, long latencyMicros, long originMicros, long bytesIn, long bytesOut) {
        if (finished) {
            throw new IllegalStateException("the exchange is finished");
        }
        finished = true;
        String method = call.request.method();
        KeyToken token = call.token;
        return new UsageEvent(
                call.request.id(),
                call.request.timeMillis(),
                token == null ? 0 : token.keyId(),
                token == null ? 0 : token.userId(),
                call.routeLabel(),
                method.substring(0, Math.min(method.length(), 16)),
                status,
                call.outcome,
                latencyMicros,
                originMicros,
                bytesIn,
                bytesOut,
                call.question(),
                call.edge.policy().node());
    }
}
