package dev.freefleet.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tells HTTP/2 by prior knowledge (its preface, RFC 9113 section 3.4) from HTTP/1.1 by a connection's first bytes. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class ProtocolDetector extends ByteToMessageDecoder implements Loop.Timed {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final Services services;
    private final Loop loop;
    private final SocketChannel channel;
    private final TimeWatch watch = new TimeWatch();
    private boolean begun;

    ProtocolDetector(Services services, Loop loop, SocketChannel channel) {
        this.services = services;
        this.loop = loop;
        this.channel = channel;
        loop.watch(this);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        begun = true;
        int present = Math.min(in.readableBytes(), PREFACE.length);
        for (int i = 0; i < present; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                Http1Connection.install(services, loop, channel);
                ctx.pipeline().remove(this);
                return;
            }
        }
        if (present == PREFACE.length) {
            Http2Connection.install(services, loop, channel);
            ctx.pipeline().remove(this);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        loop.unwatch(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.unwatch(this); // without a decoder after it, what has come so far is nothing
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Draining.NOW) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        channel.close();
    }

    @Override
    public void checkTime(long nowNanos) {
        GatewayConfig.TimeLimits limits = services.config().times();
        long elapsed = watch.elapsed(begun ? TimeWatch.Phase.HEAD : TimeWatch.Phase.IDLE, 0, nowNanos, 0);
        if (elapsed > (begun ? limits.head() : limits.idle()).toNanos()) {
            channel.close();
        }
    }
}
