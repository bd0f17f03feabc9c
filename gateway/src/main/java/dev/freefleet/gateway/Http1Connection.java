package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client (RFC 9112). Requests of a pipeline wait in an inbox and are answered one after the
 * other. Answers are collected in one buffer, which is sent once a read is worked off: a hit costs one system call to
 * read and one to write, a pipeline of hits no more.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Http1Connection extends ChannelInboundHandlerAdapter implements ClientStream, Loop.Timed {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final int COPIED = 16 * 1024;
    private static final int BATCH = 32 * 1024;
    private static final int MAX_INBOX_BYTES = 64 * 1024;
    private static final int MAX_INBOX = 256;
    private static final int MAX_DISCARDED = 64 * 1024;
    private static final long LINGER_NANOS = 2_000_000_000L;
    private static final int MIN_BYTES_PER_WRITE_TIME = 16 * 1024;

    private final Services services;
    private final Loop loop;
    private final StrictRequestDecoder decoder;
    private final byte[] peer;
    private final SocketChannel channel;
    private final TimeWatch watch = new TimeWatch();

    private final ArrayDeque<HttpObject> inbox = new ArrayDeque<>();
    private int inboxBytes;
    private boolean pumping;
    private boolean reading;
    private @Nullable ByteBuf batch;
    private boolean unflushed;
    private long written;
    private int served;

    private @Nullable ExchangeRunner runner;
    private boolean hasContent;
    private boolean requestEnded;
    private boolean answerBegun;
    private boolean answerEnded;
    private boolean wantContent;
    private boolean continueOwed;
    private boolean keepAlive;
    private boolean http10;
    private boolean chunked;
    private long declared;
    private long received;
    private boolean closing;

    Http1Connection(Services services, Loop loop, SocketChannel channel, StrictRequestDecoder decoder) {
        this.services = services;
        this.loop = loop;
        this.channel = channel;
        this.decoder = decoder;
        this.peer = channel.remoteAddress().getAddress().getAddress();
        loop.watch(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        if (closing || !(message instanceof HttpObject object)) {
            ReferenceCountUtil.release(message);
            return;
        }
        inbox.add(object);
        inboxBytes += size(object);
        pump();
        if (inboxBytes > MAX_INBOX_BYTES || inbox.size() > MAX_INBOX) {
            channel.config().setAutoRead(false);
        }
    }

    private static int size(HttpObject object) {
        return object instanceof HttpContent content ? content.content().readableBytes() : 0;
    }

    /** Works off what came, as far as it can be now. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        for (HttpObject next = inbox.peek(); next != null && mayDeliver(next); next = inbox.peek()) {
            inbox.remove();
            inboxBytes -= size(next);
            if (closing) {
                ReferenceCountUtil.release(next);
            } else if (next instanceof HttpRequest head) {
                begin(head);
            } else {
                content((HttpContent) next);
            }
        }
        pumping = false;
        if (inbox.isEmpty() && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }

    private boolean mayDeliver(HttpObject next) {
        if (closing) {
            return true;
        }
        return next instanceof HttpRequest ? runner == null : wantContent || answerEnded || !hasContent;
    }

    private void begin(HttpRequest request) {
        served++;
        answerBegun = false;
        answerEnded = false;
        requestEnded = false;
        wantContent = false;
        continueOwed = false;
        received = 0;
        RequestHead head;
        try {
            head = checked(request);
        } catch (Refusal refusal) {
            hasContent = false;
            refuse(refusal);
            return;
        }
        ExchangeRunner exchange = new ExchangeRunner(services, loop, this, head);
        runner = exchange;
        exchange.start();
    }

    private RequestHead checked(HttpRequest request) {
        Refusals.throwIfBroken(request.decoderResult());
        HeadFields fields = (HeadFields) request.headers();
        http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (!http10 && !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            throw new Refusal(505, "This server speaks HTTP/1.1, HTTP/1.0 and HTTP/2.");
        }
        if (fields.hosts() > 1 || (fields.hosts() == 0 && !http10)) {
            throw new Refusal(400, "A request must have one Host field.");
        }
        String coding = fields.transferEncoding();
        if (coding != null && !coding.equalsIgnoreCase("chunked")) {
            throw new Refusal(400, "The one Transfer-Encoding that is understood is chunked.");
        }
        String length = fields.contentLength();
        declared = coding != null || length == null ? -1 : Long.parseLong(length);
        hasContent = coding != null || declared > 0;
        String expect = fields.expect();
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            throw new Refusal(417, "The one expectation that can be met is 100-continue.");
        }
        continueOwed = expect != null && hasContent && !http10;
        keepAlive = http10 ? fields.connectionHas("keep-alive") : !fields.connectionHas("close");
        long now = loop.millis();
        return new RequestHead(
                loop.ids.next(now),
                now,
                request.method().name(),
                request.uri(),
                fields.fields(),
                peer,
                false,
                hasContent,
                declared);
    }

    private void content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        ByteBuf part = content.content();
        if (content.decoderResult().isFailure()) {
            part.release();
            abandon(new Refusal(400, "The request's content is not framed as HTTP/1.1 says."));
            return;
        }
        received += part.readableBytes();
        requestEnded = last;
        if (runner == null || !hasContent) {
            part.release();
        } else if (answerEnded) {
            part.release();
            if (received > MAX_DISCARDED && !last) {
                linger();
                return;
            }
        } else {
            runner.content(part, last);
        }
        if (last && answerEnded) {
            complete();
        }
    }

    /** The client broke the rules, or took too long, in the middle of its request. */
    private void abandon(Refusal refusal) {
        ExchangeRunner left = runner;
        runner = null;
        if (left != null && !answerEnded) {
            left.gone(refusal.status());
        }
        if (answerBegun) {
            linger();
        } else {
            refuse(refusal);
        }
    }

    private void refuse(Refusal refusal) {
        services.metrics().refused(refusal.status());
        byte[] problem = refusal.problem();
        keepAlive = false;
        long now = loop.millis();
        write(refusal.status(), Problems.fields(loop.ids.next(now)), null, HeadWriter.Framing.LENGTH, problem.length);
        append(problem);
        linger();
    }

    @Override
    public void wantContent(boolean wanted) {
        wantContent = wanted;
        if (wanted) {
            if (continueOwed) {
                continueOwed = false;
                append(CONTINUE);
                flush();
            }
            pump();
        }
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void answer(int status, Fields fields, @Nullable EncodedLines stored, long length, byte[] content) {
        write(status, fields, stored, length < 0 ? HeadWriter.Framing.NONE : HeadWriter.Framing.LENGTH, length);
        if (content.length <= COPIED) {
            append(content);
        } else {
            send(Unpooled.wrappedBuffer(content));
        }
        answered();
    }

    @Override
    public void begin(int status, Fields fields, @Nullable EncodedLines stored, long length) {
        chunked = length < 0 && !http10;
        if (length < 0 && http10) {
            keepAlive = false;
        }
        write(
                status,
                fields,
                stored,
                length >= 0
                        ? HeadWriter.Framing.LENGTH
                        : chunked ? HeadWriter.Framing.CHUNKED : HeadWriter.Framing.NONE,
                length);
    }

    private void write(
            int status, Fields fields, @Nullable EncodedLines stored, HeadWriter.Framing framing, long length) {
        answerBegun = true;
        keepAlive &= !services.draining().get() && willEnd();
        HeadWriter.Persistence persistence = !keepAlive
                ? HeadWriter.Persistence.CLOSE
                : http10 ? HeadWriter.Persistence.SAY_STAY : HeadWriter.Persistence.STAY;
        byte[] date = loop.date.line(loop.millis());
        loop.heads.answer(batch(), status, fields, stored, framing, length, persistence, date);
    }

    /** Whether the rest of the request is short enough to be read and thrown away, where it is not wanted. */
    private boolean willEnd() {
        return requestEnded
                || !hasContent
                || wantContent
                || (!continueOwed && declared >= 0 && declared - received <= MAX_DISCARDED);
    }

    @Override
    public void part(ByteBuf content) {
        int size = content.readableBytes();
        if (size == 0) {
            content.release();
            return;
        }
        if (chunked) {
            ByteBuf out = batch();
            ByteBufUtil.writeAscii(out, Integer.toHexString(size));
            out.writeBytes(LINE_END);
        }
        if (size <= COPIED) {
            batch().writeBytes(content);
            content.release();
            unflushed = true;
        } else {
            send(content);
        }
        if (chunked) {
            append(LINE_END);
        }
        if (batch != null && batch.readableBytes() > BATCH) {
            sendBatch();
        }
    }

    @Override
    public void end() {
        if (chunked) {
            append(LAST_CHUNK);
            chunked = false;
        }
        answered();
    }

    private void answered() {
        answerEnded = true;
        if (requestEnded) {
            complete();
        } else if (!keepAlive && hasContent) {
            linger();
        } else {
            pump(); // what is still to come of the request is thrown away
        }
    }

    /** Request and answer are over. */
    private void complete() {
        runner = null;
        if (keepAlive) {
            pump();
            return;
        }
        closing = true;
        sendBatch();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> channel.close());
    }

    @Override
    public void breakOff() {
        runner = null;
        closing = true;
        flushNow();
        if (http10) {
            channel.config().setSoLinger(0); // an end that is no reset would look like the end of the content
        }
        channel.close();
    }

    /**
     * Ends the connection while the client may still be sending: without reading on for a moment, its system would throw
     * the answer away with a reset (RFC 9112 section 9.6).
     */
    private void linger() {
        runner = null;
        closing = true;
        sendBatch();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> channel.shutdownOutput());
        channel.config().setAutoRead(true);
        pump();
    }

    // Output.

    private ByteBuf batch() {
        ByteBuf out = batch;
        if (out == null) {
            out = channel.alloc().directBuffer(4096);
            batch = out;
        }
        unflushed = true;
        return out;
    }

    private void append(byte[] bytes) {
        batch().writeBytes(bytes);
    }

    private void send(ByteBuf content) {
        sendBatch();
        written += content.readableBytes();
        unflushed = true;
        channel.write(content, channel.voidPromise());
    }

    private void sendBatch() {
        ByteBuf out = batch;
        if (out != null) {
            batch = null;
            written += out.readableBytes();
            channel.write(out, channel.voidPromise());
        }
    }

    private void dropBatch() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
    }

    @Override
    public void flush() {
        if (!reading) {
            flushNow();
        }
    }

    private void flushNow() {
        if (unflushed) {
            unflushed = false;
            sendBatch();
            channel.flush();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        flushNow();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (runner != null && channel.isWritable()) {
            runner.writableAgain();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Draining.NOW && runner == null && inbox.isEmpty() && !closing && !decoder.inHead()) {
            keepAlive = false;
            complete();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.unwatch(this);
        closing = true;
        dropBatch();
        ExchangeRunner left = runner;
        runner = null;
        if (left != null && !answerEnded) {
            left.gone(ExchangeRunner.LEFT);
        }
        pump();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        channel.close();
    }

    @Override
    public void checkTime(long nowNanos) {
        GatewayConfig.TimeLimits limits = services.config().times();
        TimeWatch.Phase phase = phase();
        long elapsed = watch.elapsed(phase, served, nowNanos, written - pending());
        switch (phase) {
            case WRITE -> {
                if (elapsed > limits.write().toNanos()
                        && !watch.moved(written - pending(), MIN_BYTES_PER_WRITE_TIME, nowNanos)) {
                    channel.close();
                }
            }
            case LINGER -> {
                if (elapsed > LINGER_NANOS) {
                    channel.close();
                }
            }
            case BODY -> {
                if (elapsed > limits.body().toNanos() + TimeWatch.allowance(received)) {
                    abandon(new Refusal(408, "The request's content did not come in time."));
                    flushNow();
                }
            }
            case HEAD -> {
                if (elapsed > limits.head().toNanos()) {
                    refuse(new Refusal(408, "The request's head did not come in time."));
                    flushNow();
                }
            }
            case IDLE -> {
                if (elapsed > limits.idle().toNanos()) {
                    channel.close();
                }
            }
            case BUSY -> {}
        }
    }

    private TimeWatch.Phase phase() {
        if (pending() > 0) {
            return TimeWatch.Phase.WRITE;
        }
        if (closing) {
            return TimeWatch.Phase.LINGER;
        }
        if (runner != null) {
            return !requestEnded && hasContent && (wantContent || answerEnded)
                    ? TimeWatch.Phase.BODY
                    : TimeWatch.Phase.BUSY;
        }
        return decoder.inHead() ? TimeWatch.Phase.HEAD : TimeWatch.Phase.IDLE;
    }

    private long pending() {
        Channel.Unsafe unsafe = channel.unsafe();
        ChannelOutboundBuffer out = Objects.requireNonNull(unsafe, "unsafe").outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }
}
