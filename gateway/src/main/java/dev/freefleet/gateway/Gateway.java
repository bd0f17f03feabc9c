package dev.freefleet.gateway;

import dev.freefleet.edge.Edge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge server on the JVM: takes HTTP/1.1 and HTTP/2 connections, has the edge core decide on each request, and does
 * what it decides. Thread-safe. It serves from {@link #start} to {@link #close}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
public final class Gateway implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Gateway.class);
    private static final long LAST_CALLS_MILLIS = 500;

    private final Services services;
    private final Loops loops;
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel server;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Gateway(Services services, Loops loops) {
        this.services = services;
        this.loops = loops;
        this.server = bind();
    }

    /**
     * Starts a gateway.
     *
     * @param edge decides; the caller goes on telling it of keys
     * @param usage is given a record of each request
     * @param registry gets the gateway's meters
     * @throws GatewayException if the address cannot be listened on
     */
    public static Gateway start(
            GatewayConfig config, Edge edge, KeyRing keys, UsageSink usage, MeterRegistry registry, Sources sources) {
        Loops loops = new Loops(config, sources);
        AtomicBoolean draining = new AtomicBoolean();
        Health health = new Health(sources, draining);
        OriginClient origin = new OriginClient(config.origin(), loops);
        GatewayMetrics metrics = new GatewayMetrics(registry);
        Services services = new Services(
                config,
                edge,
                keys,
                new Limiter(config.limiterBuckets(), sources.nanos()),
                new MemoryStore(config.cacheBytes()),
                new Flights(),
                origin,
                health,
                usage,
                metrics,
                draining);
        metrics.watch(services.store(), services.limiter(), origin.gate(), services.flights());
        try {
            Gateway gateway = new Gateway(services, loops);
            new BrainPoll(config.poll(), origin, edge, health, loops.any()).start();
            health.started();
            return gateway;
        } catch (RuntimeException failed) {
            loops.shutdown();
            throw failed;
        }
    }

    private Channel bind() {
        GatewayConfig.Listener listener = services.config().listener();
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group)
                .channel(loops.serverChannel)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 256 * 1024))
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 4096, 65_536))
                .childHandler(new Reception(services, loops, clients))
                .bind(listener.host(), listener.port())
                .awaitUninterruptibly();
        if (bound.isSuccess()) {
            return bound.channel();
        }
        Throwable cause = bound.cause();
        if (isTaken(cause)) {
            throw new GatewayException(
                    "The gateway cannot listen on port " + listener.port() + " of " + listener.host()
                            + ": it is taken; stop what uses it or choose another port.",
                    cause);
        }
        throw new GatewayException(
                "The gateway cannot listen on " + listener.host() + ":" + listener.port() + ": " + cause.getMessage()
                        + "; check the host and the port.",
                cause);
    }

    /** NIO says it by the class, epoll by the text. */
    private static boolean isTaken(Throwable cause) {
        String message = cause.getMessage();
        return cause instanceof IOException && message != null && message.contains("in use");
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    /** The stored answers, for statistics and purges. */
    public AnswerStore store() {
        return services.store();
    }

    /** What is known of the Brain: "healthy", "degraded", "down", or "unknown" before its first answer. */
    public String brainStatus() {
        return services.health().brain().status();
    }

    /** Takes no new connections, lets requests in flight end for the configured time, and stops. */
    @Override
    public void close() {
        drain(services.config().times().drain());
    }

    /** As {@link #close}, with this limit for the requests in flight. */
    public void drain(Duration limit) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        services.draining().set(true);
        server.close().awaitUninterruptibly();
        for (Channel client : clients) {
            client.eventLoop().execute(() -> client.pipeline().fireUserEventTriggered(Draining.NOW));
        }
        if (!clients.newCloseFuture().awaitUninterruptibly(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            log.warn("{} connections did not end in {}; they are closed now", clients.size(), limit);
            clients.close().awaitUninterruptibly(LAST_CALLS_MILLIS, TimeUnit.MILLISECONDS);
        }
        loops.shutdown();
    }
}
