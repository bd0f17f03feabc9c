package dev.freefleet.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Receives new connections, as many as are allowed at once. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Reception extends ChannelInitializer<SocketChannel> {
    private static final byte[] FULL = """
            HTTP/1.1 503 Service Unavailable\r
            content-length: 0\r
            retry-after: 1\r
            connection: close\r
            \r
            """.getBytes(StandardCharsets.ISO_8859_1);

    private final Services services;
    private final Loops loops;
    private final ChannelGroup clients;
    private final AtomicInteger open = new AtomicInteger();

    Reception(Services services, Loops loops, ChannelGroup clients) {
        this.services = services;
        this.loops = loops;
        this.clients = clients;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (open.incrementAndGet() > services.config().listener().maxConnections()) {
            open.decrementAndGet();
            services.metrics().refused(503);
            channel.writeAndFlush(Unpooled.wrappedBuffer(FULL)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        services.metrics().connected();
        clients.add(channel);
        channel.closeFuture().addListener(closed -> {
            open.decrementAndGet();
            services.metrics().disconnected();
        });
        channel.pipeline().addLast(new ProtocolDetector(services, loops.of(channel.eventLoop()), channel));
    }
}
