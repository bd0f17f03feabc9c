package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Jitter;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One answer from the origin, by as many requests as it takes: a safe one that fails before an answer's content is sent
 * once more where the budget allows it, and where the origin sleeps, the request waits for its waking. Used on its loop
 * only; told as {@link OriginCall} is.
 */
final class OriginFetch implements OriginListener, WaitingRoom.Waiter {
    private static final long BASE_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long SPREAD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MAX_RETRY_AFTER_SECONDS = 2;

    private final OriginClient client;
    private final Loop loop;
    private final OriginAsk ask;
    private final boolean hasStale;
    private final OriginListener listener;
    private OriginCall call;
    private long sinceNanos;
    private long deadlineNanos;
    private boolean retried;
    private boolean over;
    private boolean waiting;
    private @Nullable ScheduledFuture<?> timer;

    /** A fetch, not begun. {@code hasStale}: whether there is something to fall back on. */
    OriginFetch(OriginClient client, Loop loop, OriginAsk ask, boolean hasStale, OriginListener listener) {
        this.client = client;
        this.loop = loop;
        this.ask = ask;
        this.hasStale = hasStale;
        this.listener = listener;
        this.call = new OriginCall(client, loop, ask, this);
    }

    void start() {
        sinceNanos = loop.nanos();
        deadlineNanos = sinceNanos + TimeUnit.MILLISECONDS.toNanos(ask.request().timeoutMillis());
        client.guard().requested(sinceNanos);
        WaitingRoom room = client.room();
        if (room != null && room.isWaking()) {
            sleep(room);
        } else {
            call.start(sinceNanos, sinceNanos);
        }
    }

    boolean uploadWritable() {
        return call.uploadWritable();
    }

    void upload(ByteBuf part, boolean last) {
        call.upload(part, last);
    }

    void pause(boolean pause) {
        call.pause(pause);
    }

    /** The rest of the answer is of no use. */
    void ignoreRest() {
        if (!stop()) {
            call.ignoreRest();
        }
    }

    /** Gives the connection away after a right 101; the fetch is over. */
    OriginConnection takeAway() {
        stop();
        return call.takeAway();
    }

    /** The client has no use for the answer any more. */
    void cancel() {
        if (!stop()) {
            call.cancel();
        }
    }

    /** Whether it was between two requests, and is over with this. */
    private boolean stop() {
        boolean between = timer != null;
        over = true;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        leaveRoom();
        return between;
    }

    @Override
    public void interim(int status, Fields fields) {
        listener.interim(status, fields);
    }

    @Override
    public void answered(int status, Fields fields, long length) {
        boolean failure = status == 502 || status == 503 || status == 504;
        if (failure && retries(delayNanos(fields.first("retry-after")))) {
            call.ignoreRest();
        } else {
            listener.answered(status, fields, length);
        }
    }

    @Override
    public void failed(Event.OriginFailed failed) {
        WaitingRoom room = client.room();
        boolean asleep = failed.failure() == Event.Failure.UNREACHABLE
                || (failed.failure() == Event.Failure.CIRCUIT_OPEN
                        && client.guard().isUnhealthy());
        if (room != null && asleep) {
            sleep(room);
            return;
        }
        boolean again = failed.failure() == Event.Failure.UNREACHABLE
                || failed.failure() == Event.Failure.BROKEN
                || failed.failure() == Event.Failure.TIMEOUT; // of the connection; else there is no time left
        if (!again || !retries(delayNanos(null))) {
            listener.failed(failed);
        }
    }

    /** How long to wait before asking again, or -1 where the origin wants to be left alone for longer than that. */
    private long delayNanos(@Nullable String retryAfter) {
        long jittered =
                BASE_DELAY_NANOS + Jitter.upTo(SPREAD_NANOS, client.guard().random());
        if (retryAfter == null) {
            return jittered;
        }
        boolean digit = retryAfter.length() == 1 && retryAfter.charAt(0) >= '0' && retryAfter.charAt(0) <= '9';
        long seconds = digit ? retryAfter.charAt(0) - '0' : Long.MAX_VALUE; // a date, or too long
        return seconds <= MAX_RETRY_AFTER_SECONDS ? TimeUnit.SECONDS.toNanos(seconds) + jittered : -1;
    }

    private boolean retries(long delayNanos) {
        long now = loop.nanos();
        boolean possible = ask.idempotent()
                && !changesThings()
                && !ask.streaming()
                && !retried
                && !call.wasRepeated()
                && delayNanos >= 0
                && deadlineNanos - now - delayNanos > 0;
        if (!possible) {
            return false;
        }
        if (!client.guard().takeRetry(now)) {
            client.metrics().retryRefused();
            return false;
        }
        retried = true;
        client.metrics().retried();
        timer = loop.executor.schedule(this::again, delayNanos, TimeUnit.NANOSECONDS);
        return true;
    }

    /** What was done the first time would be answered with another answer, such as 404 to a DELETE. */
    private boolean changesThings() {
        return switch (ask.request().method()) {
            case "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    private void again() {
        timer = null;
        long now = loop.nanos();
        long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - now);
        call = new OriginCall(client, loop, ask.withTimeout(Math.max(1, left)), this);
        call.start(sinceNanos, now);
    }

    // An origin that sleeps.

    private void sleep(WaitingRoom room) {
        if (hasStale || ask.streaming()) {
            room.begin();
            listener.failed(asleep());
        } else if (room.enter(this)) {
            waiting = true;
            timer = loop.executor.schedule(
                    this::sleptTooLong, leftOfPatience(room.patience().toNanos()), TimeUnit.NANOSECONDS);
        } else {
            listener.failed(asleep());
        }
    }

    private long leftOfPatience(long patienceNanos) {
        return Math.max(0, sinceNanos + patienceNanos - loop.nanos());
    }

    private static Event.OriginFailed asleep() {
        return new Event.OriginFailed(Event.Failure.ASLEEP, 10);
    }

    private void sleptTooLong() {
        timer = null;
        leaveRoom();
        listener.failed(asleep());
    }

    private void leaveRoom() {
        WaitingRoom room = client.room();
        if (waiting && room != null) {
            waiting = false;
            room.leave(this);
        }
    }

    @Override
    public void awake() {
        loop.executor.execute(() -> {
            ScheduledFuture<?> patience = timer;
            if (over || !waiting || patience == null) {
                return;
            }
            waiting = false;
            patience.cancel(false);
            deadlineNanos =
                    loop.nanos() + TimeUnit.MILLISECONDS.toNanos(ask.request().timeoutMillis());
            again();
        });
    }

    // What the call tells of its answer goes on as it is.

    @Override
    public void originContent(ByteBuf part) {
        listener.originContent(part);
    }

    @Override
    public void ended(Ending ending) {
        listener.ended(ending);
    }

    @Override
    public void broken() {
        listener.broken();
    }

    @Override
    public void uploadWritableAgain() {
        listener.uploadWritableAgain();
    }

    @Override
    public void originReadComplete() {
        listener.originReadComplete();
    }
}
