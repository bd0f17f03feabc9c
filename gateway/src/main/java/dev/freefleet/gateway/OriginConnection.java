package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to the origin: in use by one call, or kept idle. Bytes that no request asked for end it, so
 * that no answer can be taken for another's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class OriginConnection extends ChannelInboundHandlerAdapter implements Loop.Timed {
    private static final int SMALL = 16 * 1024;
    private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final OriginClient client;
    private final Loop loop;
    private final Channel channel;
    private @Nullable OriginCall call;
    private boolean used;
    private boolean gotBytes;
    private boolean reading = true;
    private boolean interim;
    private boolean headRequest;
    private boolean uploadChunked;
    private boolean uploadDone;
    private boolean persistent;
    private boolean delimited;
    private boolean finished;
    private long contentBytes;
    private long movedNanos;

    OriginConnection(OriginClient client, Loop loop, Channel channel) {
        this.client = client;
        this.loop = loop;
        this.channel = channel;
        this.movedNanos = loop.nanos();
        loop.watch(this);
    }

    /** The decoder that goes before this handler. */
    ChannelHandler decoder() {
        return new HttpResponseDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(8 * 1024)
                .setMaxHeaderSize(client.config().maxHeadBytes())
                .setMaxChunkSize(64 * 1024)
                .setHeadersFactory(HeadFields.factory())
                .setTrailersFactory(HeadFields.factory())) {
            @Override
            protected boolean isContentAlwaysEmpty(HttpMessage message) {
                return (headRequest && ((HttpResponse) message).status().code() >= 200)
                        || super.isContentAlwaysEmpty(message);
            }
        };
    }

    void send(OriginCall newCall) {
        call = newCall;
        gotBytes = false;
        interim = false;
        contentBytes = 0;
        movedNanos = loop.nanos();
        headRequest = newCall.request().method().equals("HEAD");
        long length = newCall.sendLength();
        uploadChunked = length == HeadWriter.UNKNOWN;
        uploadDone = !newCall.streaming();
        byte[] content = newCall.request().content();
        int contentSize = content == null ? 0 : content.length;
        ByteBuf out = channel.alloc().directBuffer(1024 + (contentSize <= SMALL ? contentSize : 0));
        loop.heads.request(
                out,
                newCall.request().method(),
                client.basePath() + newCall.request().target(),
                client.hostLine(),
                newCall.request().fields(),
                length);
        if (content != null && contentSize <= SMALL) {
            out.writeBytes(content);
            channel.write(out, channel.voidPromise());
        } else {
            channel.write(out, channel.voidPromise());
            if (content != null) {
                channel.write(Unpooled.wrappedBuffer(content), channel.voidPromise());
            }
        }
        channel.flush();
    }

    boolean writable() {
        return channel.isWritable();
    }

    void upload(ByteBuf part, boolean last) {
        movedNanos = loop.nanos();
        int size = part.readableBytes();
        if (uploadChunked) {
            ByteBuf frame = channel.alloc().directBuffer(32);
            if (size > 0) {
                ByteBufUtil.writeAscii(frame, Integer.toHexString(size));
                frame.writeBytes(LINE_END);
            }
            channel.write(frame, channel.voidPromise());
            channel.write(part, channel.voidPromise());
            ByteBuf tail = channel.alloc().directBuffer(8);
            if (size > 0) {
                tail.writeBytes(LINE_END);
            }
            if (last) {
                tail.writeBytes(LAST_CHUNK);
            }
            channel.write(tail, channel.voidPromise());
        } else {
            channel.write(part, channel.voidPromise());
        }
        uploadDone = last;
        channel.flush();
    }

    void read(boolean wanted) {
        if (reading != wanted) {
            reading = wanted;
            movedNanos = loop.nanos();
            channel.config().setAutoRead(wanted);
        }
    }

    void close() {
        call = null;
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        movedNanos = loop.nanos();
        gotBytes = true;
        if (call == null || finished) {
            ReferenceCountUtil.release(message);
            persistent = false;
            if (call == null) {
                channel.close();
            }
            return;
        }
        if (message instanceof HttpResponse response) {
            head(response);
        } else if (message instanceof HttpContent content) {
            content(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void head(HttpResponse response) {
        HeadFields fields = (HeadFields) response.headers();
        int status = response.status().code();
        String coding = fields.transferEncoding();
        if (response.decoderResult().isFailure()
                || status < 100
                || status == 101
                || status > 599
                || (coding != null && !coding.equalsIgnoreCase("chunked"))) {
            lose(Event.Failure.BROKEN);
            return;
        }
        interim = status < 200;
        if (interim || call == null) {
            return;
        }
        String length = fields.contentLength();
        long declared = length == null || coding != null ? -1 : Long.parseLong(length);
        if (declared > client.config().maxBodyBytes()) {
            lose(Event.Failure.BROKEN);
            return;
        }
        boolean empty = headRequest || status == 204 || status == 304;
        delimited = empty || coding != null || length != null;
        persistent = delimited
                && (response.protocolVersion().equals(HttpVersion.HTTP_1_1)
                        ? !fields.connectionHas("close")
                        : fields.connectionHas("keep-alive"));
        call.head(status, fields.fields(), declared);
    }

    private void content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        ByteBuf part = content.content();
        if (content.decoderResult().isFailure()) {
            part.release();
            lose(Event.Failure.BROKEN);
            return;
        }
        if (interim) {
            part.release();
            interim = !last;
            return;
        }
        contentBytes += part.readableBytes();
        if (call == null || contentBytes > client.config().maxBodyBytes()) {
            part.release();
            lose(Event.Failure.BROKEN);
            return;
        }
        if (part.isReadable()) {
            call.content(part);
        } else {
            part.release();
        }
        if (call == null) {
            return;
        }
        if (last) {
            // Told at the end of this read: what else is in it was not asked for, and must meet no other call.
            finished = true;
        } else if (call.isFutile()) {
            lose(Event.Failure.BROKEN);
        }
    }

    private void ended() {
        OriginCall done = call;
        call = null;
        finished = false;
        used = true;
        if (!reading) {
            read(true);
        }
        if (persistent && uploadDone && channel.isActive()) {
            client.keep(loop, this);
        } else {
            channel.close();
        }
        if (done != null) {
            done.end(delimited);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (finished) {
            ended();
        } else if (call != null) {
            call.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (call != null && channel.isWritable()) {
            movedNanos = loop.nanos();
            call.writableAgain();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.unwatch(this);
        loop.idle.remove(this);
        lose(Event.Failure.BROKEN);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        lose(Event.Failure.BROKEN);
    }

    private void lose(Event.Failure failure) {
        OriginCall lost = call;
        call = null;
        channel.close();
        if (lost != null) {
            lost.lost(used && !gotBytes, failure);
        }
    }

    @Override
    public void checkTime(long nowNanos) {
        long quiet = nowNanos - movedNanos;
        if (call == null) {
            if (channel.isActive() && quiet > client.config().idle().toNanos()) {
                channel.close();
            }
        } else if (reading
                && contentBytes > 0
                && quiet > client.config().stall().toNanos()) {
            lose(Event.Failure.TIMEOUT);
        }
    }
}
