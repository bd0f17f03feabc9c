package dev.freefleet.gateway;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to Redis: one connection for calls, which are pipelined, and one for what other gateways say. A call fails soon, at
 * once where there is no connection or its use's breaker is open, else after the configured time; nobody waits longer. A call is
 * sent once: what was under way when a connection broke is not repeated, for it may have been done. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is looked at where it is handled, and has a time limit
final class RedisLink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 500;
    private static final long SILENCE_NANOS = 5_000_000_000L;
    private static final int MAX_UNANSWERED = 20_000;

    private final RedisConfig config;
    private final ClientResources resources;
    private final RedisClient client;
    private final RedisURI uri;
    private final Map<RedisUse, Meters> meters = new EnumMap<>(RedisUse.class);
    private final AtomicBoolean troubled = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread keeper;
    private volatile BiConsumer<String, String> listener = (channel, message) -> {};
    private volatile Runnable upkeep = () -> {};
    private volatile long lastAnswerNanos;
    private volatile @Nullable StatefulRedisConnection<String, byte[]> calls;
    private volatile @Nullable StatefulRedisPubSubConnection<String, byte[]> news;

    /** A use's breaker and what is counted of it. */
    private static final class Meters {
        final RedisBreaker breaker = new RedisBreaker(System::nanoTime);
        final Timer took;
        final Map<String, Counter> calls;

        Meters(RedisUse use, MeterRegistry registry) {
            String name = use.name().toLowerCase(Locale.ROOT);
            took = Timer.builder("gateway.redis.latency")
                    .description("Calls that Redis answered")
                    .tag("use", name)
                    .register(registry);
            calls = Map.of(
                    "ok", counter(registry, name, "ok"),
                    "timeout", counter(registry, name, "timeout"),
                    "error", counter(registry, name, "error"),
                    "skipped", counter(registry, name, "skipped"));
        }

        private static Counter counter(MeterRegistry registry, String use, String outcome) {
            return Counter.builder("gateway.redis.calls")
                    .description("Calls to Redis; what is not ok was decided by this gateway alone")
                    .tag("use", use)
                    .tag("outcome", outcome)
                    .register(registry);
        }

        void count(String outcome) {
            Objects.requireNonNull(calls.get(outcome)).increment();
        }
    }

    /** @throws GatewayException if the certificates to trust cannot be read; that Redis is away is no failure */
    RedisLink(RedisConfig config, MeterRegistry registry) {
        this.config = config;
        for (RedisUse use : RedisUse.values()) {
            meters.put(use, new Meters(use, registry));
        }
        Gauge.builder("gateway.redis.up", this, link -> link.isUp() ? 1 : 0)
                .description("Whether Redis is connected and answers (1), or this gateway decides alone (0)")
                .register(registry);
        ClientOptions options = options(config);
        uri = uri(config);
        resources = ClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .build();
        client = RedisClient.create(resources);
        client.setOptions(options);
        keeper = Thread.ofPlatform().daemon().name("redis-keeper").unstarted(this::keep);
    }

    /** Connects, now or when there is somebody. Waits a moment, so that a fleet starts with what others have counted. */
    void start(BiConsumer<String, String> onNews, Runnable onUpkeep) {
        listener = onNews;
        upkeep = onUpkeep;
        connect();
        keeper.start();
    }

    private static RedisURI uri(RedisConfig config) {
        RedisURI.Builder builder = RedisURI.builder()
                .withHost(config.url().getHost())
                .withPort(config.port())
                .withDatabase(config.database())
                .withSsl(config.secure())
                .withVerifyPeer(SslVerifyMode.FULL)
                .withTimeout(CONNECT);
        String password = config.password();
        if (password != null) {
            builder.withAuthentication(Objects.requireNonNullElse(config.user(), "default"), password);
        }
        return builder.build();
    }

    private static ClientOptions options(RedisConfig config) {
        SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
        Path ca = config.ca();
        if (ca != null) {
            requireCertificates(ca);
            ssl.trustManager(ca.toFile());
        }
        return ClientOptions.builder()
                .autoReconnect(false)
                .requestQueueSize(MAX_UNANSWERED)
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(true)
                        .build())
                .sslOptions(ssl.build())
                .build();
    }

    private static void requireCertificates(Path ca) {
        try (InputStream pem = Files.newInputStream(ca)) {
            if (CertificateFactory.getInstance("X.509")
                    .generateCertificates(pem)
                    .isEmpty()) {
                throw new CertificateException("it holds none");
            }
        } catch (IOException | CertificateException e) {
            throw new GatewayException(
                    "The certificates in " + ca + " cannot be read (" + e.getMessage()
                            + "); name a PEM file of those that sign Redis's.",
                    e);
        }
    }

    private void keep() {
        try {
            while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                connect();
                upkeep.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void connect() {
        if (isOpen(calls) && !isUp() && System.nanoTime() - lastAnswerNanos > SILENCE_NANOS) {
            // The other end may be gone without a word, and its address somebody else's by now.
            drop(calls);
            drop(news);
            calls = null;
            news = null;
        }
        try {
            if (!isOpen(calls)) {
                if (calls != null) {
                    trouble(new GatewayException("the connection was lost")); // even where it comes back at once
                }
                drop(calls);
                StatefulRedisConnection<String, byte[]> fresh = client.connect(CODEC, uri);
                for (RedisScript script : RedisScript.values()) {
                    fresh.async().scriptLoad(script.text);
                }
                lastAnswerNanos = System.nanoTime();
                calls = fresh;
            }
            if (!isOpen(news)) {
                drop(news);
                StatefulRedisPubSubConnection<String, byte[]> fresh = client.connectPubSub(CODEC, uri);
                fresh.addListener(new RedisPubSubAdapter<>() {
                    @Override
                    public void message(String channel, byte[] message) {
                        listener.accept(channel, new String(message, StandardCharsets.UTF_8));
                    }
                });
                fresh.sync().subscribe(RedisFlights.CHANNEL, RedisPurges.CHANNEL, RedisStore.REMOVED);
                news = fresh;
                better();
            }
        } catch (RuntimeException e) {
            trouble(e);
        }
    }

    private static boolean isOpen(@Nullable StatefulConnection<?, ?> connection) {
        return connection != null && connection.isOpen();
    }

    private static void drop(@Nullable StatefulConnection<?, ?> connection) {
        if (connection != null) {
            connection.closeAsync();
        }
    }

    /** Whether what other gateways say is heard. */
    boolean hears() {
        return isOpen(news);
    }

    /** Whether it is connected, and answers. */
    boolean isUp() {
        return isOpen(calls) && meters.values().stream().allMatch(use -> use.breaker.isClosed());
    }

    /** Runs a script. */
    <T> CompletableFuture<T> run(
            RedisUse use, RedisScript script, ScriptOutputType type, List<String> keys, byte[]... arguments) {
        String[] names = keys.toArray(String[]::new);
        return call(use, redis -> {
            CompletableFuture<T> result = new CompletableFuture<>();
            redis.<T>evalsha(script.sha1, type, names, arguments).whenComplete((value, failed) -> {
                if (failed instanceof RedisNoScriptException) {
                    redis.<T>eval(script.text, type, names, arguments)
                            .whenComplete((again, worse) -> complete(result, again, worse));
                } else {
                    complete(result, value, failed);
                }
            });
            return result;
        });
    }

    /** Makes a call that is one command. */
    <T> CompletableFuture<T> ask(RedisUse use, Function<RedisAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
        return call(use, redis -> command.apply(redis).toCompletableFuture());
    }

    /**
     * The result in time, or a failure; what comes later is thrown away. Is completed on a thread of the client's or of the clock.
     */
    private <T> CompletableFuture<T> call(
            RedisUse use, Function<RedisAsyncCommands<String, byte[]>, CompletableFuture<T>> command) {
        Meters mine = Objects.requireNonNull(meters.get(use));
        StatefulRedisConnection<String, byte[]> connection = calls;
        if (!isOpen(connection) || connection == null || !mine.breaker.allows()) {
            mine.count("skipped");
            return CompletableFuture.failedFuture(new GatewayException("Redis is not asked"));
        }
        long began = System.nanoTime();
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            command.apply(connection.async()).whenComplete((value, failed) -> complete(result, value, failed));
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
        }
        return result.orTimeout(limit(use).toNanos(), TimeUnit.NANOSECONDS).whenComplete((value, failed) -> {
            if (failed == null) {
                lastAnswerNanos = System.nanoTime();
                mine.took.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
                mine.count("ok");
                if (mine.breaker.succeeded()) {
                    better();
                }
            } else {
                mine.count(failed instanceof TimeoutException ? "timeout" : "error");
                if (mine.breaker.failed()) {
                    trouble(failed);
                }
            }
        });
    }

    /** Nobody's request waits for news of purges, which may take a moment. */
    private Duration limit(RedisUse use) {
        return switch (use) {
            case LIMITS, QUOTAS, CACHE, FLIGHTS -> config.timeout();
            case PURGES -> CONNECT;
        };
    }

    private static <T> void complete(CompletableFuture<T> result, T value, @Nullable Throwable failed) {
        if (failed == null) {
            result.complete(value);
        } else {
            result.completeExceptionally(failed);
        }
    }

    private void trouble(Throwable failed) {
        if (troubled.compareAndSet(false, true) && closed.getCount() > 0) {
            log.warn(
                    "Redis at {} does not answer ({}); this gateway goes on alone: limits and quotas by what it counts"
                            + " itself, the cache by what it has itself",
                    config.where(),
                    reason(failed));
        }
    }

    private static String reason(Throwable failed) {
        Throwable cause = failed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof TimeoutException ? "not in time" : String.valueOf(cause.getMessage());
    }

    /** What answers one use is asked for all again. */
    private void better() {
        meters.values().forEach(use -> use.breaker.succeeded());
        if (troubled.compareAndSet(true, false)) {
            log.info("Redis at {} answers again", config.where());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        client.shutdown(0, 500, TimeUnit.MILLISECONDS);
        resources.shutdown(0, 500, TimeUnit.MILLISECONDS);
    }
}
