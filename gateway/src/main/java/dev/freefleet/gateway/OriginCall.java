package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.OriginRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request to the origin and its answer. Used on its loop only. It ends with exactly one of {@link Listener#ended},
 * {@link Listener#failed} and {@link Listener#broken}, or with {@link #cancel}, after which nothing is told.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class OriginCall {
    /** What the origin's side tells the exchange. */
    interface Listener {
        /** The answer's head; {@code length} is its Content-Length, -1 where it has none. */
        void answered(int status, Fields fields, long length);

        /** Content of the answer, in order; the receiver owns the buffer. */
        void originContent(ByteBuf part);

        /** The answer is over; {@code proven} where its length or its last chunk says that nothing is missing. */
        void ended(boolean proven);

        /** There will be no answer. */
        void failed(Event.Failure failure);

        /** The answer broke off in its content. */
        void broken();

        /** {@link OriginCall#uploadWritable} may have become true. */
        void uploadWritableAgain();

        /** What had arrived has been told; a good time to send it on. */
        void originReadComplete();
    }

    private enum State {
        NEW,
        QUEUED,
        CONNECTING,
        SENT,
        OVER
    }

    private static final int MAX_IGNORED_BYTES = 64 * 1024;

    private final OriginClient client;
    private final Loop loop;
    private final OriginRequest request;
    private final boolean streaming;
    private final long contentLength;
    private final Listener listener;
    private boolean replayable;
    private State state = State.NEW;
    private boolean entered;
    private boolean answered;
    private boolean ignoring;
    private boolean paused;
    private long ignoredBytes;
    private long waitingSinceNanos;
    private @Nullable OriginConnection connection;
    private @Nullable ScheduledFuture<?> timer;

    OriginCall(
            OriginClient client,
            Loop loop,
            OriginRequest request,
            boolean streaming,
            long contentLength,
            boolean replayable,
            Listener listener) {
        this.client = client;
        this.loop = loop;
        this.request = request;
        this.streaming = streaming;
        this.contentLength = contentLength;
        this.replayable = replayable;
        this.listener = listener;
    }

    Loop loop() {
        return loop;
    }

    OriginRequest request() {
        return request;
    }

    boolean streaming() {
        return streaming;
    }

    /** The length of the content to send: {@link HeadWriter#UNKNOWN} for chunks, {@link HeadWriter#NO_CONTENT}. */
    long sendLength() {
        if (streaming) {
            return contentLength;
        }
        byte[] content = request.content();
        if (content != null && content.length > 0) {
            return content.length;
        }
        return switch (request.method()) {
            case "POST", "PUT", "PATCH", "QUERY" -> 0;
            default -> HeadWriter.NO_CONTENT;
        };
    }

    /** Goes to the origin past the gate: a health check says how the Brain is, not how long the queue. */
    void startAtOnce() {
        waitingSinceNanos = loop.nanos();
        startTimer(TimeUnit.MILLISECONDS.toNanos(request.timeoutMillis()));
        proceed();
    }

    void start() {
        waitingSinceNanos = loop.nanos();
        startTimer(TimeUnit.MILLISECONDS.toNanos(request.timeoutMillis()));
        state = State.QUEUED;
        switch (client.gate().enter(this)) {
            case ENTERED -> entered();
            case QUEUED -> {}
            case FULL -> fail(Event.Failure.TIMEOUT);
        }
    }

    /** The gate lets this call through. */
    void entered() {
        entered = true;
        if (state == State.OVER) {
            leaveGate();
        } else {
            proceed();
        }
    }

    private void proceed() {
        OriginConnection kept = loop.idle.pollLast();
        if (kept != null) {
            send(kept);
        } else {
            connect();
        }
    }

    private void connect() {
        state = State.CONNECTING;
        client.address().resolve(loop, this::connectTo);
    }

    private void connectTo(@Nullable InetSocketAddress address) {
        if (state == State.OVER) {
            return;
        }
        if (address == null) {
            fail(Event.Failure.UNREACHABLE);
            return;
        }
        ChannelFuture connecting = client.connect(loop, address);
        connecting.addListener(done -> connected(connecting));
    }

    private void connected(ChannelFuture connecting) {
        if (!connecting.isSuccess()) {
            if (state != State.OVER) {
                client.address().doubt();
                boolean late = connecting.cause() instanceof ConnectTimeoutException;
                fail(late ? Event.Failure.TIMEOUT : Event.Failure.UNREACHABLE);
            }
            return;
        }
        OriginConnection fresh = connecting.channel().pipeline().get(OriginConnection.class);
        if (state == State.OVER) {
            client.keep(loop, fresh);
        } else {
            send(fresh);
        }
    }

    private void send(OriginConnection to) {
        state = State.SENT;
        connection = to;
        to.send(this);
        if (streaming) {
            listener.uploadWritableAgain();
        }
    }

    /** Whether content to upload is taken now. */
    boolean uploadWritable() {
        return connection != null && state == State.SENT && connection.writable();
    }

    /** Sends a part of the request's content; owns the buffer. */
    void upload(ByteBuf part, boolean last) {
        replayable = false;
        waitingSinceNanos = loop.nanos(); // while the client sends, it is not the origin that takes its time
        if (connection == null || state != State.SENT) {
            part.release();
            return;
        }
        connection.upload(part, last);
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

    private void startTimer(long nanos) {
        timer = loop.executor.schedule(this::timedOut, nanos, TimeUnit.NANOSECONDS);
    }

    private void timedOut() {
        if (state == State.OVER || answered) {
            return;
        }
        long left = waitingSinceNanos + TimeUnit.MILLISECONDS.toNanos(request.timeoutMillis()) - loop.nanos();
        if (left > 0) {
            startTimer(left);
        } else {
            OriginConnection used = connection;
            fail(Event.Failure.TIMEOUT);
            if (used != null) {
                used.close();
            }
        }
    }

    private void fail(Event.Failure failure) {
        over();
        listener.failed(failure);
    }

    private void over() {
        boolean queued = state == State.QUEUED && !entered;
        state = State.OVER;
        connection = null;
        if (timer != null) {
            timer.cancel(false);
        }
        if (queued) {
            client.gate().forget(this); // where the turn has come already, entered() gives it back
        }
        leaveGate();
    }

    private void leaveGate() {
        if (entered) {
            entered = false;
            client.gate().leave();
        }
    }

    // What the connection tells.

    void head(int status, Fields fields, long length) {
        answered = true;
        if (timer != null) {
            timer.cancel(false);
        }
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

    void end(boolean proven) {
        over();
        if (!ignoring) {
            listener.ended(proven);
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

    /** The connection is gone. {@code unused}: it was kept, and died without a byte of an answer. */
    void lost(boolean unused, Event.Failure failure) {
        connection = null;
        if (!answered && unused && replayable) {
            replayable = false;
            connect();
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
