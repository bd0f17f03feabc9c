package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request to the origin and its answer. Used on its loop only. It ends with exactly one of {@link OriginListener#ended},
 * {@link OriginListener#failed} and {@link OriginListener#broken}, or with {@link #cancel}, after which nothing is told.
 */
final class OriginCall implements OriginDialer.Dialed, OriginTurn.Taker {
    private enum State {
        NEW,
        CONNECTING,
        SENT,
        OVER
    }

    private static final int MAX_IGNORED_BYTES = 64 * 1024;
    private static final long MAX_IGNORED_NANOS = 2_000_000_000L;

    private final OriginClient client;
    private final Loop loop;
    private final OriginAsk ask;
    private final OriginListener listener;
    private final OriginTurn turn;
    /** Its neighbours in {@link CallTimes}. */
    @Nullable
    OriginCall earlier;

    @Nullable
    OriginCall later;

    private @Nullable SentContent uploaded;
    private boolean repeated;
    private State state = State.NEW;
    private boolean answered;
    private boolean ignoring;
    private boolean paused;
    private long ignoredBytes;
    private long waitingSinceNanos;
    private boolean timed;
    private long deadlineNanos;
    private @Nullable OriginConnection connection;

    OriginCall(OriginClient client, Loop loop, OriginAsk ask, OriginListener listener) {
        this.client = client;
        this.loop = loop;
        this.ask = ask;
        this.listener = listener;
        this.turn = new OriginTurn(client, loop, ask.request().priority(), this);
    }

    OriginAsk ask() {
        return ask;
    }

    /** Whether it was sent a second time, since a kept connection had died before it. */
    boolean wasRepeated() {
        return repeated;
    }

    /** Goes to the origin past gate and guard: a health check says how the Brain is, not how long the queue. */
    void startAtOnce() {
        waitingSinceNanos = loop.nanos();
        startTimer();
        proceed();
    }

    /** {@code sinceNanos}: since when the request waits for its turn, which may be before now. */
    void start(long sinceNanos, long nowNanos) {
        waitingSinceNanos = nowNanos;
        turn.take(sinceNanos, nowNanos, timeoutNanos());
    }

    @Override
    public void granted() {
        startTimer();
        proceed();
    }

    @Override
    public void refused(Event.Failure failure) {
        fail(failure);
    }

    private void proceed() {
        OriginConnection kept = loop.idle.pollLast();
        if (kept != null) {
            send(kept);
        } else {
            state = State.CONNECTING;
            client.dialer().dial(loop, this);
        }
    }

    @Override
    public void connected(OriginConnection fresh) {
        if (state == State.OVER) {
            client.keep(loop, fresh);
        } else {
            send(fresh);
        }
    }

    @Override
    public void failed(Event.Failure failure) {
        if (state != State.OVER) {
            fail(failure);
        }
    }

    private void send(OriginConnection to) {
        state = State.SENT;
        connection = to;
        to.send(this);
        if (!ask.streaming()) {
            return;
        }
        SentContent sofar = uploaded;
        byte[] again = sofar == null ? null : sofar.bytes();
        boolean all = sofar != null && sofar.isAll();
        if (again != null) {
            to.upload(Unpooled.wrappedBuffer(again), all);
        }
        if (!all) {
            listener.uploadWritableAgain();
        }
    }

    /** Whether content to upload is taken now. */
    boolean uploadWritable() {
        return connection != null && state == State.SENT && connection.writable();
    }

    /** Sends a part of the request's content; owns the buffer. */
    void upload(ByteBuf part, boolean last) {
        waitingSinceNanos = loop.nanos(); // while the client sends, it is not the origin that takes its time
        if (!answered) {
            deadlineNanos = waitingSinceNanos + timeoutNanos();
        }
        SentContent sofar = uploaded == null ? new SentContent() : uploaded;
        uploaded = sofar;
        sofar.add(part, last, (ask.idempotent() && !answered) || connection == null);
        if (connection != null && state == State.SENT) {
            connection.upload(part, last);
            return;
        }
        part.release();
        if (sofar.isLost() && state == State.CONNECTING) {
            fail(Event.Failure.BROKEN);
        }
    }

    /** Stops or resumes reading the answer's content. */
    void pause(boolean pause) {
        if (paused != pause) {
            paused = pause;
            if (connection != null) {
                connection.read(!pause);
            }
        }
    }

    /** The rest of the answer is of no use; a short one is read so that the connection can be kept. */
    void ignoreRest() {
        ignoring = true;
        pause(false);
        if (answered && state == State.SENT) {
            time(loop.nanos() + MAX_IGNORED_NANOS);
        }
    }

    /** Gives the connection away after a right 101; the call is over, and its place at the gate free. */
    OriginConnection takeAway() {
        OriginConnection released = Objects.requireNonNull(connection, "connection");
        over();
        return released;
    }

    /** The client has no use for the answer any more. */
    void cancel() {
        if (state == State.OVER) {
            return;
        }
        OriginConnection used = connection;
        over();
        if (used != null) {
            used.close();
        }
    }

    private long timeoutNanos() {
        return TimeUnit.MILLISECONDS.toNanos(ask.request().timeoutMillis());
    }

    private void startTimer() {
        time(waitingSinceNanos + timeoutNanos());
    }

    private void time(long untilNanos) {
        deadlineNanos = untilNanos;
        if (!timed) {
            timed = true;
            loop.calls.add(this);
        }
    }

    private void stopTimer() {
        if (timed) {
            timed = false;
            loop.calls.remove(this);
        }
    }

    /** Called a few times a second while its time may run out. */
    void checkTime(long nowNanos) {
        if (state == State.OVER || nowNanos - deadlineNanos < 0) {
            return;
        }
        if (answered) {
            cancel();
            return;
        }
        OriginConnection used = connection;
        fail(Event.Failure.TIMEOUT);
        if (used != null) {
            used.close();
        }
    }

    private void fail(Event.Failure failure) {
        switch (failure) {
            case UNREACHABLE, TIMEOUT, BROKEN -> turn.report(true);
            case OVERLOADED, CIRCUIT_OPEN, ASLEEP -> {}
        }
        long retryAfter = failure == Event.Failure.CIRCUIT_OPEN ? client.guard().retryAfterSeconds(loop.nanos()) : 0;
        over();
        listener.failed(new Event.OriginFailed(failure, retryAfter));
    }

    private void over() {
        state = State.OVER;
        connection = null;
        stopTimer();
        turn.end();
    }

    // What the connection tells.

    void interim(int status, Fields fields) {
        if (!ignoring) {
            listener.interim(status, fields);
        }
    }

    void head(int status, Fields fields, long length) {
        answered = true;
        stopTimer();
        turn.report(status == 502 || status == 503 || status == 504);
        listener.answered(status, fields, length);
    }

    void content(ByteBuf part) {
        if (ignoring) {
            ignoredBytes += part.readableBytes();
            part.release();
        } else {
            listener.originContent(part);
        }
    }

    /** Whether nobody wants the answer and it is too long to be read for the connection's sake. */
    boolean isFutile() {
        return ignoredBytes > MAX_IGNORED_BYTES;
    }

    void end(OriginListener.Ending ending) {
        over();
        if (!ignoring) {
            listener.ended(ending);
        }
    }

    void readComplete() {
        if (state != State.OVER && !ignoring) {
            listener.originReadComplete();
        }
    }

    void writableAgain() {
        listener.uploadWritableAgain();
    }

    private boolean isUploadLost() {
        return uploaded != null && uploaded.isLost();
    }

    /**
     * The connection is gone.
     *
     * @param silent it had been kept from an earlier call, and died without a byte of an answer
     * @param unsent no byte of the request left either
     */
    void lost(boolean silent, boolean unsent, Event.Failure failure) {
        connection = null;
        if (!answered && silent && !repeated && !isUploadLost() && (ask.idempotent() || unsent)) {
            repeated = true;
            state = State.CONNECTING;
            // Later: the dead socket's number is free, and events that still wait for it would meet a new socket.
            loop.executor.execute(() -> client.dialer().dial(loop, this));
        } else if (!answered) {
            fail(failure);
        } else {
            over();
            if (!ignoring) {
                listener.broken();
            }
        }
    }
}
