package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Step;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An exchange's dealings with the origin: its call, and the flight that it leads or waits for. Content that comes before
 * the core has said what to do with it is held.
 */
final class Fetching implements OriginCall.Listener, Flights.Waiter {
    private final ExchangeRunner run;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);
    private @Nullable OriginCall call;
    private Step.@Nullable Fetch wanted;
    private long sentMillis;
    private long sentNanos;
    private long originMicros;
    private long length = -1;
    private boolean open;
    private boolean ended;
    private boolean proven;

    private Flights.@Nullable Flight flight;
    private @Nullable ScheduledFuture<?> patience;
    private boolean leads;
    private boolean alone;

    Fetching(ExchangeRunner run) {
        this.run = run;
    }

    long originMicros() {
        return originMicros;
    }

    /** What the origin's answer declares as its length, or -1. */
    long length() {
        return length;
    }

    /** Asks the origin, or waits for who asks it already; an event where there is one at once. */
    @Nullable
    Event fetch(Step.Fetch fetch) {
        drop();
        wanted = fetch;
        String key = fetch.coalesceKey();
        if (key != null && !alone && !leads) {
            Flights.Joined joined = run.services().flights().join(key, this);
            flight = joined.flight();
            leads = joined.leads();
            if (!leads && run.isBehind()) {
                joined.flight().leave(this); // somebody fetches it already, which is all that was wanted
                run.finish();
                return null;
            }
            if (!leads) {
                run.services().metrics().coalesced();
                long nanos = run.services().config().coalesceWait().toNanos();
                patience = run.loop().executor.schedule(this::outOfPatience, nanos, TimeUnit.NANOSECONDS);
                return null;
            }
        }
        ask(fetch);
        return null;
    }

    private void ask(Step.Fetch fetch) {
        boolean stream = fetch.request().streamContent() && run.head().hasContent();
        if (stream && run.head().contentLength() > fetch.request().maxBytes()) {
            run.resume(new Event.StreamTooLarge());
            return;
        }
        boolean idempotent = fetch.coalesceKey() != null
                || switch (fetch.request().method()) {
                    case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY" -> true; // RFC 9110 section 9.2.2
                    default -> false;
                };
        open = false;
        ended = false;
        length = -1;
        sentMillis = run.loop().millis();
        sentNanos = run.loop().nanos();
        OriginCall made = run.services()
                .origin()
                .call(run.loop(), fetch.request(), stream, run.head().contentLength(), idempotent, this);
        call = made;
        if (stream) {
            run.intake().upload(made, fetch.request().maxBytes());
        }
        made.start();
    }

    /** The origin's answer, if there is one, is of no use. */
    void drop() {
        OriginCall old = call;
        call = null;
        release();
        if (old != null) {
            old.ignoreRest();
        }
    }

    /** Ends the call at once. */
    void abort() {
        OriginCall old = call;
        call = null;
        release();
        run.intake().uploadOver();
        if (old != null) {
            old.cancel();
        }
    }

    /** The client left: ends the call, and lets the next who waits try. */
    void cancel() {
        Flights.Flight mine = flight;
        stopWaiting();
        if (mine != null && !leads) {
            mine.leave(this); // where it is about to be told, landed() passes the lead on
        }
        abort();
        handOver();
    }

    private void release() {
        held.forEach(ByteBuf::release);
        held.clear();
    }

    private void stopWaiting() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    /** Whether others wait for what this exchange fetches; where nobody does, nobody can from now on. */
    boolean isAwaitedByOthers() {
        Flights.Flight mine = flight;
        return mine != null && leads && call != null && !mine.abandon();
    }

    /** Whether the copy for the store is waited for. */
    boolean hasWaiters() {
        return flight != null && leads && flight.hasWaiters();
    }

    void pause(boolean pause) {
        if (call != null) {
            call.pause(pause);
        }
    }

    /** Ends the flight that this exchange leads, if it leads one. */
    void land(Flights.Landing landing) {
        Flights.Flight mine = flight;
        if (mine != null && leads) {
            flight = null;
            leads = false;
            mine.land(landing);
        }
    }

    /** Passes the lead on: this exchange failed in a way of its own. */
    void handOver() {
        Flights.Flight mine = flight;
        if (mine != null && leads) {
            flight = null;
            leads = false;
            mine.handOver();
        }
    }

    @Override
    public void landed(Flights.Landing landing) {
        run.loop().run(() -> told(landing));
    }

    private void told(Flights.Landing landing) {
        stopWaiting();
        Flights.Flight mine = flight;
        Step.Fetch fetch = wanted;
        if (landing instanceof Flights.Landing.Lead) {
            leads = true;
        } else {
            flight = null;
        }
        if (run.isOver() || fetch == null || mine == null) {
            handOver();
            return;
        }
        switch (landing) {
            case Flights.Landing.Lead() -> ask(fetch);
            case Flights.Landing.Stored stored -> run.resume(new Event.Coalesced(stored.variants()));
            case Flights.Landing.NotShared() -> {
                alone = true;
                ask(fetch);
            }
            case Flights.Landing.Failed failed -> run.resume(new Event.OriginFailed(failed.failure()));
        }
    }

    /** The other's fetch takes too long: this one asks too, and whoever comes now waits for this one. */
    private void outOfPatience() {
        Flights.Flight slow = flight;
        Step.Fetch fetch = wanted;
        if (run.isOver() || slow == null || fetch == null || leads || !slow.leave(this)) {
            return;
        }
        flight = run.services().flights().replace(Objects.requireNonNull(fetch.coalesceKey()));
        leads = true;
        ask(fetch);
    }

    /** From now on the origin's content goes to the reply, what was held first. */
    void open() {
        open = true;
        while (!held.isEmpty()) {
            run.reply().originContent(held.poll());
        }
        if (ended) {
            run.reply().originEnded(proven);
        }
    }

    @Override
    public void answered(int status, Fields fields, long declared) {
        tookNanos();
        length = declared;
        run.resume(
                new Event.OriginAnswered(status, fields, sentMillis, run.loop().millis()));
    }

    private void tookNanos() {
        long nanos = run.loop().nanos() - sentNanos;
        originMicros += nanos / 1000;
        run.services().metrics().originTook(nanos);
    }

    @Override
    public void failed(Event.Failure failure) {
        if (failure != Event.Failure.OVERLOADED) {
            tookNanos();
        }
        run.services().metrics().originFailed(failure);
        call = null;
        run.intake().uploadOver();
        switch (failure) {
            case UNREACHABLE, TIMEOUT, OVERLOADED -> land(new Flights.Landing.Failed(failure));
            case BROKEN -> handOver();
        }
        run.resume(new Event.OriginFailed(failure));
    }

    @Override
    public void originContent(ByteBuf part) {
        if (open) {
            run.reply().originContent(part);
        } else {
            held.add(part);
        }
    }

    @Override
    public void ended(boolean whole) {
        ended = true;
        proven = whole;
        call = null;
        run.intake().uploadOver();
        if (open) {
            run.reply().originEnded(whole);
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
            run.resume(new Event.OriginFailed(Event.Failure.BROKEN));
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
