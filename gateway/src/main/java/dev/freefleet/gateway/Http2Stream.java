package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a client's HTTP/2 connection (RFC 9113): one exchange. Flow control is Netty's: content that is not read
 * keeps the stream's window shut.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Http2Stream extends ChannelInboundHandlerAdapter implements ClientStream, Loop.Timed {
    private static final int MIN_BYTES_PER_WRITE_TIME = 16 * 1024;

    private final Services services;
    private final Loop loop;
    private final Channel stream;
    private final byte[] peer;
    private final boolean secure;
    private final TimeWatch watch = new TimeWatch();
    private @Nullable Served runner;
    private boolean reading;
    private boolean requestEnded;
    private boolean answerBegun;
    private boolean answerEnded;
    private boolean wantContent;
    private boolean continueOwed;
    private @Nullable Http2DataFrame waiting;
    private long received;
    private long written;

    Http2Stream(Services services, Loop loop, Channel stream, byte[] peer, boolean secure) {
        this.services = services;
        this.loop = loop;
        this.stream = stream;
        this.peer = peer;
        this.secure = secure;
        loop.watch(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        reading = true;
        switch (frame) {
            case Http2HeadersFrame headers when runner == null && !answerBegun -> begin(headers);
            case Http2HeadersFrame trailers -> trailers(trailers);
            case Http2DataFrame data -> {
                if (wantContent || answerEnded) {
                    content(data.content(), data.isEndStream());
                } else {
                    waiting = data; // read on while reading was being switched off; there is one at the most
                }
            }
            default -> ReferenceCountUtil.release(frame);
        }
    }

    private void begin(Http2HeadersFrame headers) {
        requestEnded = headers.isEndStream();
        if (Http2Head.isMalformed(headers.headers())) {
            services.metrics().refused(400);
            reset(Http2Error.PROTOCOL_ERROR);
            return;
        }
        Http2Head head;
        try {
            head = Http2Head.read(headers.headers(), requestEnded, loop, peer, secure);
        } catch (Refusal refusal) {
            refuse(refusal);
            return;
        }
        if (!requestEnded) {
            stream.config().setAutoRead(false);
        }
        continueOwed = head.expectsContinue();
        Served exchange = Served.of(services, loop, this, head.request());
        runner = exchange;
        exchange.start();
    }

    /** RFC 9113 section 8.1: trailers end the request, and have no pseudo-header fields. */
    private void trailers(Http2HeadersFrame trailers) {
        if (!trailers.isEndStream() || Http2Head.hasPseudoField(trailers.headers())) {
            reset(Http2Error.PROTOCOL_ERROR);
        } else {
            content(Unpooled.EMPTY_BUFFER, true);
        }
    }

    /** Ends the stream in the middle of the request. */
    private void reset(Http2Error error) {
        left(ExchangeRunner.LEFT);
        answerEnded = true;
        stream.writeAndFlush(new DefaultHttp2ResetFrame(error));
    }

    private void content(ByteBuf part, boolean last) {
        received += part.readableBytes();
        requestEnded |= last;
        if (runner == null || answerEnded) {
            part.release();
        } else {
            runner.content(part, last);
        }
    }

    private void refuse(Refusal refusal) {
        services.metrics().refused(refusal.status());
        byte[] problem = refusal.problem();
        long now = loop.millis();
        answer(refusal.status(), Problems.fields(loop.ids.next(now)), null, problem.length, problem);
        flush();
    }

    @Override
    public void wantContent(boolean wanted) {
        wantContent = wanted;
        if (wanted && continueOwed) {
            continueOwed = false;
            write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false).status("100"), false));
            flush();
        }
        if (wanted && waiting != null) {
            Http2DataFrame data = waiting;
            waiting = null;
            content(data.content(), data.isEndStream());
        }
        if (!requestEnded) {
            stream.config().setAutoRead(wantContent);
        }
    }

    @Override
    public boolean writable() {
        return stream.isWritable();
    }

    @Override
    public void interim(int status, Fields fields) {
        if (answerBegun) {
            return;
        }
        Http2Headers headers = new DefaultHttp2Headers(false, fields.size() + 1);
        headers.status(Integer.toString(status));
        for (int i = 0; i < fields.size(); i++) {
            headers.add(fields.name(i), fields.value(i));
        }
        write(new DefaultHttp2HeadersFrame(headers, false));
        flush();
    }

    @Override
    public void answer(int status, Fields fields, @Nullable EncodedLines stored, long length, byte[] content) {
        head(status, fields, length, content.length == 0);
        if (content.length > 0) {
            written += content.length;
            writeLast(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(content), true));
        }
    }

    @Override
    public void begin(int status, Fields fields, @Nullable EncodedLines stored, long length) {
        head(status, fields, length, false);
    }

    private void head(int status, Fields fields, long length, boolean end) {
        answerBegun = true;
        Http2Headers headers = new DefaultHttp2Headers(false, fields.size() + 3);
        headers.status(Integer.toString(status));
        boolean dated = false;
        for (int i = 0; i < fields.size(); i++) {
            headers.add(fields.name(i), fields.value(i));
            dated |= fields.name(i).equals("date");
        }
        if (!dated) {
            headers.add("date", loop.date.text(loop.millis()));
        }
        if (length >= 0) {
            headers.add("content-length", Long.toString(length));
        }
        Http2HeadersFrame frame = new DefaultHttp2HeadersFrame(headers, end);
        if (end) {
            writeLast(frame);
        } else {
            write(frame);
        }
    }

    @Override
    public void part(ByteBuf content) {
        written += content.readableBytes();
        write(new DefaultHttp2DataFrame(content, false));
    }

    @Override
    public void end() {
        writeLast(new DefaultHttp2DataFrame(true));
    }

    /** Where the request is not over, the rest of it is of no use (RFC 9113 section 8.1): said once all is sent. */
    private void writeLast(Object frame) {
        answerEnded = true;
        if (requestEnded) {
            write(frame);
            return;
        }
        stream.config().setAutoRead(true);
        stream.write(frame).addListener(sent -> {
            if (!requestEnded) {
                write(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
                stream.flush();
            }
        });
    }

    /** A stream cannot leave HTTP; what RFC 8441 has in its place is not served, so that the core never asks for it. */
    @Override
    public @Nullable SocketChannel switchProtocol(Fields fields) {
        return null;
    }

    @Override
    public void breakOff() {
        answerEnded = true;
        write(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
        stream.flush();
    }

    private void write(Object frame) {
        stream.write(frame, stream.voidPromise());
    }

    @Override
    public void flush() {
        if (!reading) {
            stream.flush();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        stream.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            left(ExchangeRunner.LEFT);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (runner != null && !answerEnded && stream.isWritable()) {
            runner.writableAgain();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.unwatch(this);
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
        left(ExchangeRunner.LEFT);
    }

    private void left(int told) {
        Served exchange = runner;
        runner = null;
        if (exchange != null && !answerEnded) {
            answerEnded = true;
            exchange.gone(told);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        stream.close();
    }

    @Override
    public void checkTime(long nowNanos) {
        GatewayConfig.TimeLimits limits = services.config().times();
        boolean stuck = answerBegun && !stream.isWritable();
        TimeWatch.Phase phase = stuck
                ? TimeWatch.Phase.WRITE
                : answerEnded
                        ? TimeWatch.Phase.LINGER
                        : !requestEnded && wantContent ? TimeWatch.Phase.BODY : TimeWatch.Phase.BUSY;
        long drained = written - stream.bytesBeforeWritable();
        long elapsed = watch.elapsed(phase, 0, nowNanos, drained);
        boolean late = switch (phase) {
            case WRITE ->
                elapsed > limits.write().toNanos() && !watch.moved(drained, MIN_BYTES_PER_WRITE_TIME, nowNanos);
            case LINGER -> elapsed > limits.write().toNanos();
            case BODY -> elapsed > limits.body().toNanos() + TimeWatch.allowance(received);
            case BUSY, HEAD, IDLE -> false;
        };
        if (!late) {
            return;
        }
        if (phase == TimeWatch.Phase.BODY && !answerBegun) {
            Served exchange = runner;
            runner = null;
            if (exchange != null) {
                exchange.gone(408);
            }
            refuse(new Refusal(408, "The request's content did not come in time."));
        } else {
            left(ExchangeRunner.LEFT);
            write(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
            stream.flush();
        }
    }
}
