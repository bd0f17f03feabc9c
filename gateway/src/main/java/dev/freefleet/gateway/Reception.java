package dev.freefleet.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable Certificates certificates;
    private final AtomicInteger open = new AtomicInteger();

    /** @param certificates where the listener speaks TLS, else null */
    Reception(Services services, Loops loops, ChannelGroup clients, @Nullable Certificates certificates) {
        this.services = services;
        this.loops = loops;
        this.clients = clients;
        this.certificates = certificates;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (open.incrementAndGet() > services.config().listener().maxConnections()) {
            open.decrementAndGet();
            services.metrics().refused(503);
            if (certificates != null) {
                channel.close(); // before TLS stands nothing can be said
                return;
            }
            channel.writeAndFlush(Unpooled.wrappedBuffer(FULL)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        services.metrics().connected();
        clients.add(channel);
        channel.closeFuture().addListener(closed -> {
            open.decrementAndGet();
            services.metrics().disconnected();
        });
        channel.pipeline().addLast(first(loops.of(channel.eventLoop()), channel));
    }

    private ChannelHandler first(Loop loop, SocketChannel channel) {
        Tls tls = services.config().listener().tls();
        return tls == null || certificates == null
                ? new ProtocolDetector(services, loop, channel)
                : new TlsHandshake(services, loop, channel, tls, certificates);
    }
}
