package dev.freefleet.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Two connections whose bytes pass both ways, after both have left HTTP. A side that does not take what it is sent stops
 * the other from being read. It ends when one side leaves, when no byte moves for the idle limit, and, while the gateway
 * drains, as soon as it is quiet for a moment.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Tunnel implements Loop.Timed {
    private static final long QUIET_NANOS = 1_000_000_000L;

    private final Loop loop;
    private final long idleNanos;
    private final Runnable onEnd;
    private final End client;
    private final End origin;
    private final long openedNanos;
    private long movedNanos;
    private boolean draining;
    private boolean over;

    private Tunnel(Loop loop, Channel client, Channel origin, long idleNanos, boolean draining, Runnable onEnd) {
        this.openedNanos = loop.nanos();
        this.loop = loop;
        this.idleNanos = idleNanos;
        this.draining = draining;
        this.onEnd = onEnd;
        this.client = new End(client);
        this.origin = new End(origin);
        this.client.other = this.origin;
        this.origin.other = this.client;
        this.movedNanos = openedNanos;
    }

    /** Begins. {@code onEnd} is run once, when it is over, and never before this has returned. */
    static Tunnel open(
            Loop loop, Channel client, OriginConnection origin, long idleNanos, boolean draining, Runnable onEnd) {
        Tunnel tunnel = new Tunnel(loop, client, origin.channel(), idleNanos, draining, onEnd);
        loop.watch(tunnel);
        client.pipeline().addLast(tunnel.client);
        origin.release(tunnel.origin);
        client.config().setAutoRead(true);
        origin.channel().config().setAutoRead(true);
        loop.executor.execute(tunnel::endIfLeft);
        return tunnel;
    }

    /** One of them may have left in the very moment before. */
    private void endIfLeft() {
        if (!client.channel.isActive() || !origin.channel.isActive()) {
            client.channel.close();
            origin.channel.close();
            endIfBothLeft();
        }
    }

    /** When it began. */
    long openedNanos() {
        return openedNanos;
    }

    /** Bytes that came from the client. */
    long bytesIn() {
        return client.bytes;
    }

    /** Bytes that came from the origin. */
    long bytesOut() {
        return origin.bytes;
    }

    @Override
    public void checkTime(long nowNanos) {
        long quiet = nowNanos - movedNanos;
        if (quiet > idleNanos || (draining && quiet > QUIET_NANOS)) {
            client.channel.close();
            origin.channel.close();
        }
    }

    /** Who is left may still have bytes to take; the idle limit holds for it too. */
    private void endIfBothLeft() {
        if (!over && !client.channel.isActive() && !origin.channel.isActive()) {
            over = true;
            loop.unwatch(this);
            onEnd.run();
        }
    }

    /** One of the two connections. */
    private final class End extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private @Nullable End other;
        private long bytes;

        End(Channel channel) {
            this.channel = channel;
        }

        private Channel to() {
            return Objects.requireNonNull(other, "other").channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!(message instanceof ByteBuf part)) {
                ReferenceCountUtil.release(message); // the last of what the decoder had to say
                return;
            }
            movedNanos = loop.nanos();
            bytes += part.readableBytes();
            to().write(part, to().voidPromise());
            if (!to().isWritable()) {
                channel.config().setAutoRead(false);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            to().flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            movedNanos = loop.nanos();
            to().config().setAutoRead(channel.isWritable());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            draining |= event == Draining.NOW;
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                channel.close(); // it has said all it had to say
            }
        }

        /** What it said before it left still goes to the other. */
        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            to().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            endIfBothLeft();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            channel.close();
        }
    }
}
