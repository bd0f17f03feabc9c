package dev.freefleet.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A connection of a TLS listener until TLS stands: its first byte must begin a handshake, which must end in time; then
 * what was agreed on by ALPN (RFC 7301) takes over. Who speaks plain HTTP is told so.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class TlsHandshake extends ByteToMessageDecoder implements Loop.Timed {
    private static final int HANDSHAKE_RECORD = 22; // RFC 8446 section 5.1
    private static final long CLOSE_NOTIFY_MILLIS = 1_000;

    private final Services services;
    private final Loop loop;
    private final SocketChannel channel;
    private final Tls tls;
    private final Certificates certificates;
    private final Handshakes handshakes;
    private final long begunNanos;
    private boolean refused;

    TlsHandshake(Services services, Loop loop, SocketChannel channel, Tls tls, Certificates certificates) {
        this.services = services;
        this.loop = loop;
        this.channel = channel;
        this.tls = tls;
        this.certificates = certificates;
        this.handshakes = certificates.handshakes();
        this.begunNanos = loop.nanos();
        loop.watch(this);
        handshakes.begin(channel);
        channel.closeFuture().addListener(closed -> over(false));
    }

    private void over(boolean stands) {
        loop.unwatch(this);
        handshakes.end(channel, stands);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (refused) {
            in.skipBytes(in.readableBytes());
        } else if (in.getUnsignedByte(in.readerIndex()) == HANDSHAKE_RECORD) {
            ChannelHandler failures = new Failures();
            SslHandler handler = certificates.context().newHandler(channel.alloc());
            handler.setHandshakeTimeoutMillis(0); // the time runs since the connection began, and is checked here
            handler.setCloseNotifyFlushTimeoutMillis(CLOSE_NOTIFY_MILLIS);
            handler.handshakeFuture().addListener(done -> {
                over(done.isSuccess());
                if (done.isSuccess()) {
                    ctx.pipeline().remove(failures);
                    stands(handler);
                }
            });
            ctx.pipeline().addLast(handler, failures);
            ctx.pipeline().remove(this);
        } else {
            in.skipBytes(in.readableBytes());
            refusePlain();
        }
    }

    /** Takes what goes wrong in a handshake, which is counted; Netty would log the whole of it, at a stranger's will. */
    private static final class Failures extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private void stands(SslHandler handler) {
        if (ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol())) {
            Http2Connection.install(services, loop, channel);
        } else {
            Http1Connection.install(services, loop, channel);
        }
    }

    private void refusePlain() {
        refused = true;
        services.metrics().refused(400);
        byte[] problem = Refusal.problem(400, "This port speaks TLS; write https:// in place of http://.");
        String head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: "
                + problem.length + "\r\nconnection: close\r\n\r\n";
        channel.write(Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.ISO_8859_1)));
        // Not closed at once: unread bytes would make a reset of it, which takes the answer away.
        channel.writeAndFlush(Unpooled.wrappedBuffer(problem)).addListener(sent -> channel.shutdownOutput());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        over(false); // without a decoder after it, what has come so far is nothing
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        channel.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Draining.NOW) {
            channel.close();
        }
    }

    @Override
    public void checkTime(long nowNanos) {
        if (nowNanos - begunNanos > tls.handshake().toNanos()) {
            channel.close();
        }
    }
}
