package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Step;
import dev.freefleet.edge.StoredAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An exchange's dealings with the origin: its fetch, and its part in a flight. Content that comes before the core has
 * said what to do with it is held. A fetch that is slow may go on for another exchange when its own has been answered.
 */
final class Fetching implements OriginListener {
    private ExchangeRunner run;
    private final Coalescing coalescing = new Coalescing(this);
    private @Nullable InterimRelay interims;
    private @Nullable ArrayDeque<ByteBuf> held;
    private @Nullable OriginFetch call;
    private Step.@Nullable Fetch wanted;
    private @Nullable ScheduledFuture<?> slowTimer;
    /** The key under which other gateways wait for this fetch, or null. */
    private @Nullable String sharedKey;

    private boolean slow;
    private boolean adopted;
    private long sentMillis;
    private long sentNanos;
    /** Since when the exchange waits, for who asks it already or for the origin itself. */
    private long sinceNanos;

    private long originMicros;
    private long length = -1;
    private long purgesBefore;
    private boolean open;
    private @Nullable Ending ending;

    Fetching(ExchangeRunner run) {
        this(run, 0);
    }

    /** {@code originMicros}: what the exchange has waited for the origin already. */
    Fetching(ExchangeRunner run, long originMicros) {
        this.run = run;
        this.originMicros = originMicros;
    }

    ExchangeRunner run() {
        return run;
    }

    long originMicros() {
        return originMicros;
    }

    /** How many purges there were when the origin was asked. */
    long purgesBefore() {
        return purgesBefore;
    }

    /** What the origin's answer declares as its length, or -1. */
    long length() {
        return length;
    }

    /** Asks the origin, or waits for who asks it already; an event where there is one at once. */
    @Nullable
    Event fetch(Step.Fetch fetch) {
        wanted = fetch;
        if (adopted) {
            adopted = false; // it is under way
            return null;
        }
        drop();
        if (fetch.slowMillis() > 0) {
            sinceNanos = run.loop().nanos();
            slowTimer = run.loop().executor.schedule(this::slow, fetch.slowMillis(), TimeUnit.MILLISECONDS);
        }
        String key = fetch.coalesceKey();
        if (key == null || !coalescing.joins()) {
            ask();
            return null;
        }
        switch (coalescing.join(key)) {
            case LEADS -> lead(key);
            case WAITS -> {}
            case SPARED -> run.finish();
        }
        return null;
    }

    /** Asks, unless another gateway is at it. */
    private void lead(String key) {
        SharedState shared = run.services().shared();
        if (shared == null) {
            ask();
            return;
        }
        long nanos = run.services().config().coalesceWait().toNanos();
        shared.flights().join(key, !run.isBehind(), nanos, part -> run.loop().run(() -> led(shared, key, part)));
    }

    private void led(SharedState shared, String key, RedisFlights.Part part) {
        if (part == RedisFlights.Part.ASKS) {
            sharedKey = key;
        }
        if (run.isOver()) {
            coalescing.handOver();
            landShared(false);
            return;
        }
        switch (part) {
            case ASKS -> ask();
            case SPARED -> {
                coalescing.land(new Flights.Landing.NotShared());
                run.finish();
            }
            case STORED -> {
                run.services().metrics().coalesced();
                shared.tier().lookupShared(key, variants -> run.loop().run(() -> landed(variants)));
            }
        }
    }

    /** Another gateway has asked, and this is what it stored. */
    private void landed(List<StoredAnswer> variants) {
        if (run.isOver()) {
            coalescing.handOver();
        } else if (variants.isEmpty()) {
            ask();
        } else {
            coalescing.land(new Flights.Landing.Stored(variants));
            tell(new Event.Coalesced(variants));
        }
    }

    /** Other gateways wait no longer for this one. */
    private void landShared(boolean stored) {
        String key = sharedKey;
        SharedState shared = run.services().shared();
        if (key != null && shared != null) {
            sharedKey = null;
            shared.flights().landed(key, stored);
        }
    }

    /** Sends what is wanted. */
    void ask() {
        Step.Fetch fetch = wanted;
        if (fetch == null) {
            coalescing.handOver();
            return;
        }
        if (fetch.request().webSocket() && run.services().tunnels().isFull()) {
            failed(new Event.OriginFailed(Event.Failure.OVERLOADED, 1));
            return;
        }
        boolean stream = fetch.request().streamContent() && run.head().hasContent();
        if (stream && run.head().contentLength() > fetch.request().maxBytes()) {
            tell(new Event.StreamTooLarge());
            return;
        }
        boolean idempotent = fetch.coalesceKey() != null
                || (!fetch.request().webSocket()
                        && switch (fetch.request().method()) {
                            case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY" ->
                                true; // RFC 9110 section 9.2.2
                            default -> false;
                        });
        open = false;
        ending = null;
        length = -1;
        purgesBefore = run.services().purges().count();
        sentMillis = run.loop().millis();
        sentNanos = run.loop().nanos();
        OriginAsk ask = new OriginAsk(fetch.request(), stream, run.head().contentLength(), idempotent);
        OriginFetch made = new OriginFetch(run.services().origin(), run.loop(), ask, fetch.hasStale(), this);
        call = made;
        if (stream) {
            run.intake().upload(made, fetch.request().maxBytes());
        }
        made.start();
    }

    /** Tells the exchange what came of the fetch. */
    void tell(Event event) {
        stopSlowTimer();
        run.resume(event);
    }

    private void slow() {
        slowTimer = null;
        if (!run.isOver()) {
            slow = true;
            originMicros += (run.loop().nanos() - sinceNanos) / 1000;
            run.resume(new Event.OriginSlow());
        }
    }

    /** Whether the exchange is being answered because the origin is slow. */
    boolean isSlow() {
        return slow;
    }

    /** Whether it asks the origin itself. */
    boolean isAsking() {
        return call != null;
    }

    /** Goes on for this exchange, whose first step is the fetch that is under way. */
    void goOnFor(ExchangeRunner other) {
        run = other;
        slow = false;
        adopted = true;
    }

    private void stopSlowTimer() {
        if (slowTimer != null) {
            slowTimer.cancel(false);
            slowTimer = null;
        }
    }

    /** The origin's answer, if there is one, is of no use. */
    void drop() {
        OriginFetch old = call;
        call = null;
        release();
        if (old != null) {
            old.ignoreRest();
        }
    }

    /** The connection on which the origin has switched to WebSocket; it belongs to the caller. */
    OriginConnection takeAway() {
        OriginFetch old = Objects.requireNonNull(call, "call");
        call = null;
        return old.takeAway();
    }

    /** Ends the call at once. */
    void abort() {
        OriginFetch old = call;
        call = null;
        release();
        run.intake().uploadOver();
        if (old != null) {
            old.cancel();
        }
    }

    /** The client left: ends the call, and lets the next who waits try. */
    void cancel() {
        stopSlowTimer();
        coalescing.leave();
        abort();
        handOver();
    }

    private void release() {
        if (held != null) {
            held.forEach(ByteBuf::release);
            held.clear();
        }
    }

    /** Whether others wait for what this exchange fetches; where nobody does, nobody can from now on. */
    boolean isAwaitedByOthers() {
        return call != null && !coalescing.abandon();
    }

    /** Whether the copy for the store is waited for. */
    boolean hasWaiters() {
        return coalescing.hasWaiters();
    }

    void pause(boolean pause) {
        if (call != null) {
            call.pause(pause);
        }
    }

    void land(Flights.Landing landing) {
        landShared(landing instanceof Flights.Landing.Stored);
        coalescing.land(landing);
    }

    void handOver() {
        landShared(false);
        coalescing.handOver();
    }

    /** From now on the origin's content goes to the reply, what was held first. */
    void open() {
        open = true;
        ArrayDeque<ByteBuf> parts = held;
        while (parts != null && !parts.isEmpty()) {
            run.reply().originContent(parts.poll());
        }
        if (ending != null) {
            run.reply().originEnded(ending);
        }
    }

    @Override
    public void interim(int status, Fields fields) {
        if (!run.reply().isBegun()) {
            InterimRelay relay = interims == null ? new InterimRelay() : interims;
            interims = relay;
            relay.relay(status, fields, run.client());
        }
    }

    @Override
    public void answered(int status, Fields fields, long declared) {
        tookNanos();
        length = declared;
        tell(new Event.OriginAnswered(status, fields, sentMillis, run.loop().millis()));
    }

    private void tookNanos() {
        long nanos = run.loop().nanos() - sentNanos;
        originMicros += nanos / 1000;
        run.services().metrics().originTook(nanos);
    }

    @Override
    public void failed(Event.OriginFailed failed) {
        switch (failed.failure()) {
            case UNREACHABLE, TIMEOUT, BROKEN -> tookNanos();
            case OVERLOADED, CIRCUIT_OPEN, ASLEEP -> {} // it was not asked
        }
        run.services().metrics().originFailed(failed.failure());
        call = null;
        run.intake().uploadOver();
        switch (failed.failure()) {
            case UNREACHABLE, TIMEOUT, OVERLOADED, CIRCUIT_OPEN, ASLEEP -> land(new Flights.Landing.Failed(failed));
            case BROKEN -> handOver();
        }
        tell(failed);
    }

    @Override
    public void originContent(ByteBuf part) {
        if (open) {
            run.reply().originContent(part);
        } else {
            ArrayDeque<ByteBuf> parts = held == null ? new ArrayDeque<>(4) : held;
            held = parts;
            parts.add(part);
        }
    }

    @Override
    public void ended(Ending shown) {
        ending = shown;
        call = null;
        run.intake().uploadOver();
        if (open) {
            run.reply().originEnded(shown);
        }
    }

    @Override
    public void broken() {
        call = null;
        run.intake().uploadOver();
        release();
        if (run.reply().isBegun()) {
            run.reply().originBroke();
        } else {
            handOver();
            tell(new Event.OriginFailed(Event.Failure.BROKEN));
        }
    }

    @Override
    public void uploadWritableAgain() {
        run.intake().uploadWritableAgain();
    }

    @Override
    public void originReadComplete() {
        if (open) {
            run.client().flush();
        }
    }
}
