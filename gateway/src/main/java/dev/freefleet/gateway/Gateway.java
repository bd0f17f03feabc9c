package dev.freefleet.gateway;

import dev.freefleet.edge.CacheOutcome;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
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
    private final @Nullable Certificates certificates;
    private final Channel server;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Gateway(Services services, Loops loops, @Nullable Certificates certificates) {
        this.services = services;
        this.loops = loops;
        this.certificates = certificates;
        this.server = bind();
    }

    /**
     * Starts a gateway.
     *
     * @param edge decides; the caller goes on telling it of keys
     * @param usage is given a record of each request
     * @param registry gets the gateway's meters
     * @throws GatewayException if the address cannot be listened on, or the certificate cannot be used
     */
    public static Gateway start(
            GatewayConfig config, Edge edge, KeyRing keys, UsageSink usage, MeterRegistry registry, Sources sources) {
        Quotas quotas = new Quotas(config.limiterBuckets(), sources.millis());
        AnswerStore store = new MemoryStore(config.cacheBytes());
        return start(config, edge, keys, quotas, usage, registry, sources, store);
    }

    /**
     * As above, but it goes on counting where these quotas are, and keeps answers in this store, which the caller closes after
     * the gateway.
     */
    public static Gateway start(
            GatewayConfig config,
            Edge edge,
            KeyRing keys,
            Quotas quotas,
            UsageSink usage,
            MeterRegistry registry,
            Sources sources,
            AnswerStore store) {
        return start(config, edge, keys, quotas, usage, registry, sources, store, RemoteEdges.NONE);
    }

    /** As above, and edges that run elsewhere call it. */
    public static Gateway start(
            GatewayConfig config,
            Edge edge,
            KeyRing keys,
            Quotas quotas,
            UsageSink usage,
            MeterRegistry registry,
            Sources sources,
            AnswerStore store,
            RemoteEdges edges) {
        return start(config, edge, keys, quotas, usage, registry, sources, store, null, edges);
    }

    /**
     * As above, sharing limits, quotas, answers and fetches with other gateways, with {@link SharedState#store} as its store.
     */
    public static Gateway start(
            GatewayConfig config,
            Edge edge,
            KeyRing keys,
            Quotas quotas,
            UsageSink usage,
            MeterRegistry registry,
            Sources sources,
            SharedState shared,
            RemoteEdges edges) {
        return start(config, edge, keys, quotas, usage, registry, sources, shared.store(), shared, edges);
    }

    private static Gateway start(
            GatewayConfig config,
            Edge edge,
            KeyRing keys,
            Quotas quotas,
            UsageSink usage,
            MeterRegistry registry,
            Sources sources,
            AnswerStore store,
            @Nullable SharedState shared,
            RemoteEdges edges) {
        Loops loops = new Loops(config, sources);
        AtomicBoolean draining = new AtomicBoolean();
        Health health = new Health(sources, draining);
        GatewayMetrics metrics = new GatewayMetrics(registry);
        OriginClient origin = origin(config, loops, sources, metrics);
        Limiter limiter = new Limiter(config.limiterBuckets(), sources.nanos());
        Services services = new Services(
                config,
                edge,
                keys,
                limiter,
                quotas,
                new Places(),
                store,
                new Flights(),
                origin,
                health,
                usage,
                metrics,
                draining,
                new Purges(),
                new Tunnels(config.requests().maxTunnels(), registry),
                shared,
                shared == null ? null : shared.limits(limiter, quotas),
                edges,
                new EdgeCalls(),
                new ContentBudget(config.requests().maxContentBytes()));
        if (shared != null) {
            shared.onPurge(which -> {
                services.purges().add(which);
                services.flights().forget();
            });
            shared.onRemoval(key -> {
                services.purges().removed(key, "");
                services.flights().forget(key);
            });
        }
        metrics.watch(services.store(), services.limiter(), origin.gate(), services.flights());
        metrics.watch(origin, sources.nanos());
        Certificates certificates = null;
        try {
            Tls tls = config.listener().tls();
            certificates = tls == null ? null : new Certificates(tls, sources.millis(), registry);
            Gateway gateway = new Gateway(services, loops, certificates);
            new BrainPoll(config.poll(), origin, edge, health, loops.any()).start();
            health.started();
            return gateway;
        } catch (RuntimeException failed) {
            if (certificates != null) {
                certificates.close();
            }
            loops.shutdown();
            throw failed;
        }
    }

    private static OriginClient origin(GatewayConfig config, Loops loops, Sources sources, GatewayMetrics metrics) {
        try {
            return new OriginClient(config, loops, sources, metrics);
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
                .childOption(ChannelOption.ALLOCATOR, Loops.BUFFERS)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 256 * 1024))
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 4096, 65_536))
                .childHandler(new Reception(services, loops, clients, certificates))
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

    /**
     * Removes stored answers. What was asked of the Brain before is not stored any more where it is meant, and who asks from
     * now on does not wait for it.
     *
     * @return how many were removed, once they are gone for good; or a {@link GatewayException}
     */
    public CompletableFuture<Long> purge(Selection which) {
        services.purges().add(which);
        services.flights().forget();
        return services.store().purge(which);
    }

    /** Requests so far with this outcome of the cache. */
    public long requests(CacheOutcome outcome) {
        return services.metrics().requests(outcome);
    }

    /** What is known of the Brain: "healthy", "degraded", "down", or "unknown" before its first answer. */
    public String brainStatus() {
        return services.health().brain().status();
    }

    /** The version of the Brain's index, or "" where none is known. */
    public String brainIndex() {
        return services.health().brain().lastUpdate();
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
        if (certificates != null) {
            certificates.close();
        }
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
