package dev.freefleet.gateway;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The event loops and the transport they run. */
final class Loops {
    /** By threads' own caches: Netty 4.2's adaptive default took a tenth more time for each hit. */
    static final ByteBufAllocator BUFFERS = PooledByteBufAllocator.DEFAULT;

    static {
        // Netty's default takes a stack trace at every 128th buffer, which is a thirtieth of a hit. Whoever looks for
        // a leak sets the property.
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    final MultiThreadIoEventLoopGroup group;
    final Class<? extends ServerSocketChannel> serverChannel;
    final Class<? extends SocketChannel> clientChannel;
    private final Sources sources;
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();

    Loops(GatewayConfig config, Sources sources) {
        Transport.Parts transport = config.transport().checked();
        this.group = new MultiThreadIoEventLoopGroup(
                config.threads(), new DefaultThreadFactory("gateway", true), transport.handler());
        this.serverChannel = transport.server();
        this.clientChannel = transport.client();
        this.sources = sources;
    }

    /** The clock of times that pass. */
    LongSupplier nanos() {
        return sources.nanos();
    }

    Loop of(EventLoop executor) {
        return loops.computeIfAbsent(executor, made -> new Loop(made, sources));
    }

    /** Ends the loops, whatever they still do. */
    void shutdown() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    Loop any() {
        return of(group.next());
    }
}
