package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client (RFC 9112). Requests of a pipeline wait in an inbox and are answered one after the
 * other; what goes out is sent once a read is worked off, so that a hit, or a pipeline of hits, is one read and one write.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Http1Connection extends ChannelInboundHandlerAdapter implements ClientStream, Loop.Timed {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final int MAX_DISCARDED = 64 * 1024;
    private static final long LINGER_NANOS = 2_000_000_000L;
    private static final int MIN_BYTES_PER_WRITE_TIME = 16 * 1024;

    private final Services services;
    private final Loop loop;
    private final StrictRequestDecoder decoder;
    private final byte[] peer;
    private final SocketChannel channel;
    private final Http1Output output;
    private final TimeWatch watch = new TimeWatch();

    private final Inbox inbox = new Inbox();
    private boolean pumping;
    private boolean reading;
    private int served;

    private @Nullable Served runner;
    private boolean hasContent;
    private boolean requestEnded;
    private boolean answerBegun;
    private boolean answerEnded;
    private boolean wantContent;
    private boolean continueOwed;
    private boolean keepAlive;
    private boolean http10;
    private long declared;
    private long received;
    private boolean closing;

    Http1Connection(Services services, Loop loop, SocketChannel channel, StrictRequestDecoder decoder) {
        this.services = services;
        this.loop = loop;
        this.channel = channel;
        this.decoder = decoder;
        this.output = new Http1Output(channel, loop);
        this.peer = channel.remoteAddress().getAddress().getAddress();
        loop.watch(this);
    }

    /** Adds what HTTP/1.1 needs to the connection's pipeline. */
    static void install(Services services, Loop loop, SocketChannel channel) {
        StrictRequestDecoder decoder =
                new StrictRequestDecoder(services.config().requests(), loop.sections);
        channel.pipeline().addLast(decoder, new Http1Connection(services, loop, channel, decoder));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        if (closing || !(message instanceof HttpObject object)) {
            ReferenceCountUtil.release(message);
            return;
        }
        inbox.add(object);
        if (object instanceof KnownRequest known && known.hasContent()) {
            return; // the content comes next
        }
        pump();
        if (inbox.isFull()) {
            channel.config().setAutoRead(false);
        }
    }

    /** Works off what came, as far as it can be now. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        for (HttpObject next = inbox.peek(); next != null && mayDeliver(next); next = inbox.peek()) {
            inbox.remove();
            if (closing) {
                ReferenceCountUtil.release(next);
            } else if (isHead(next)) {
                begin(next);
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
        return isHead(next) ? runner == null : wantContent || answerEnded || !hasContent;
    }

    /** A head that could not be read is its own content too. */
    private static boolean isHead(HttpObject next) {
        return next instanceof HttpRequest || next instanceof KnownRequest;
    }

    private void begin(HttpObject request) {
        served++;
        answerBegun = false;
        answerEnded = false;
        wantContent = false;
        continueOwed = false;
        received = 0;
        Http1Head head;
        try {
            head = request instanceof KnownRequest known
                    ? Http1Head.of(known, loop, peer, output.isSecure())
                    : Http1Head.read((HttpRequest) request, loop, peer, output.isSecure());
        } catch (Refusal refusal) {
            hasContent = false;
            requestEnded = false;
            refuse(refusal);
            return;
        }
        http10 = head.http10();
        keepAlive = head.keepAlive();
        continueOwed = head.expectsContinue();
        hasContent = head.request().hasContent();
        requestEnded = request instanceof KnownRequest && !hasContent;
        declared = head.request().contentLength();
        Served exchange = Served.of(services, loop, this, head.request());
        runner = exchange;
        exchange.start();
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
        Served left = runner;
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
        output.bytes(problem);
        linger();
    }

    @Override
    public void wantContent(boolean wanted) {
        wantContent = wanted;
        if (wanted) {
            if (continueOwed) {
                continueOwed = false;
                output.bytes(CONTINUE);
                flush();
            }
            pump();
        }
    }

    @Override
    public byte @Nullable [] wholeContent() {
        if (received == 0
                && inbox.peek() instanceof LastHttpContent last
                && last.decoderResult().isSuccess()) {
            inbox.remove();
            byte[] bytes = ByteBufUtil.getBytes(last.content());
            last.release();
            received = bytes.length;
            requestEnded = true;
            return bytes;
        }
        return null;
    }

    @Override
    public boolean writable() {
        return channel.isWritable();
    }

    @Override
    public void interim(int status, Fields fields) {
        if (!http10 && !answerBegun) {
            output.interim(status, fields);
            flush();
        }
    }

    @Override
    public void answer(int status, Fields fields, @Nullable EncodedLines stored, long length, byte[] content) {
        write(status, fields, stored, length < 0 ? HeadWriter.Framing.NONE : HeadWriter.Framing.LENGTH, length);
        output.bytes(content);
        answered();
    }

    @Override
    public void begin(int status, Fields fields, @Nullable EncodedLines stored, long length) {
        if (length < 0 && http10) {
            keepAlive = false;
        }
        HeadWriter.Framing unknown = http10 ? HeadWriter.Framing.NONE : HeadWriter.Framing.CHUNKED;
        write(status, fields, stored, length < 0 ? unknown : HeadWriter.Framing.LENGTH, length);
    }

    private void write(
            int status, Fields fields, @Nullable EncodedLines stored, HeadWriter.Framing framing, long length) {
        answerBegun = true;
        keepAlive &= !services.draining().get() && willEnd();
        HeadWriter.Persistence persistence = !keepAlive
                ? HeadWriter.Persistence.CLOSE
                : http10 ? HeadWriter.Persistence.SAY_STAY : HeadWriter.Persistence.STAY;
        output.head(status, fields, stored, framing, length, persistence);
    }

    /** Whether the rest of the request is short enough to be read and thrown away, where it is not wanted. */
    private boolean willEnd() {
        return requestEnded || !hasContent || (!continueOwed && declared >= 0 && declared - received <= MAX_DISCARDED);
    }

    @Override
    public void part(ByteBuf content) {
        output.part(content);
    }

    @Override
    public void end() {
        output.end();
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
        output.flushAll().addListener(sent -> channel.close());
    }

    @Override
    public @Nullable SocketChannel switchProtocol(Fields fields) {
        if (!inbox.isEmpty() || decoder.inHead() || closing) {
            return null;
        }
        output.head(101, fields, null, HeadWriter.Framing.NONE, 0, HeadWriter.Persistence.STAY);
        output.flush();
        runner = null;
        closing = true;
        loop.unwatch(this);
        channel.pipeline().remove(this);
        channel.pipeline().remove(decoder);
        return channel;
    }

    @Override
    public void breakOff() {
        runner = null;
        closing = true;
        output.flush();
        if (http10) {
            output.reset(); // an end that is no reset would look like the end of the content
        } else {
            channel.close();
        }
    }

    /**
     * Ends the connection while the client may still be sending: without reading on for a moment, its system would throw
     * the answer away with a reset (RFC 9112 section 9.6).
     */
    private void linger() {
        runner = null;
        closing = true;
        output.flushAll().addListener(sent -> output.shut());
        channel.config().setAutoRead(true);
        pump();
    }

    @Override
    public void flush() {
        if (!reading) {
            output.flush();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        output.flush();
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
        output.drop();
        Served left = runner;
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
        long elapsed = watch.elapsed(phase, served, nowNanos, output.taken());
        switch (phase) {
            case WRITE -> {
                if (elapsed > limits.write().toNanos()
                        && !watch.moved(output.taken(), MIN_BYTES_PER_WRITE_TIME, nowNanos)) {
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
                    output.flush();
                }
            }
            case HEAD -> {
                if (elapsed > limits.head().toNanos()) {
                    refuse(new Refusal(408, "The request's head did not come in time."));
                    output.flush();
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
        if (output.pending() > 0) {
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
}
