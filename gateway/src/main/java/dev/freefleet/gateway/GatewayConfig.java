package dev.freefleet.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that a gateway is configured with besides its policy, checked when it is made. {@link #of} gives the defaults;
 * every limit has one.
 *
 * @param listener where clients connect
 * @param requests how large a request may be
 * @param times how long clients may take
 * @param origin the Brain and how it is reached
 * @param poll how the Brain's health is watched
 * @param cacheBytes bound of the memory store, 1 MiB to 64 GiB; the default is 64 MiB
 * @param limiterBuckets how many rate-limit counters are kept, 1,000 to 10,000,000; the default is 200,000
 * @param coalesceWait how long a request waits for another's fetch of the same key, 0 to 10 minutes; the default is 10 s
 * @param threads event loops, 1 to 256; the default is the number of processors
 * @param transport how connections are served; the default is {@link Transport#AUTO}
 */
public record GatewayConfig(
        Listener listener,
        RequestLimits requests,
        TimeLimits times,
        Origin origin,
        Poll poll,
        long cacheBytes,
        int limiterBuckets,
        Duration coalesceWait,
        int threads,
        Transport transport) {
    public GatewayConfig {
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(requests, "requests");
        Objects.requireNonNull(times, "times");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(poll, "poll");
        requireRange(cacheBytes, 1L << 20, 1L << 36, "cacheBytes");
        requireRange(limiterBuckets, 1_000, 10_000_000, "limiterBuckets");
        requireRange(coalesceWait, Duration.ZERO, Duration.ofMinutes(10), "coalesceWait");
        requireRange(threads, 1, 256, "threads");
        Objects.requireNonNull(transport, "transport");
    }

    /** The defaults for a gateway at this address in front of this origin. Port 0: any free one. */
    public static GatewayConfig of(String host, int port, URI origin) {
        return new GatewayConfig(
                new Listener(host, port, 10_000),
                new RequestLimits(8 * 1024, 32 * 1024, 100),
                TimeLimits.defaults(),
                Origin.of(origin),
                new Poll("/health", Duration.ofSeconds(5)),
                64L << 20,
                200_000,
                Duration.ofSeconds(10),
                Math.max(1, Runtime.getRuntime().availableProcessors()),
                Transport.AUTO);
    }

    public GatewayConfig with(Listener other) {
        return new GatewayConfig(
                other, requests, times, origin, poll, cacheBytes, limiterBuckets, coalesceWait, threads, transport);
    }

    public GatewayConfig with(RequestLimits other) {
        return new GatewayConfig(
                listener, other, times, origin, poll, cacheBytes, limiterBuckets, coalesceWait, threads, transport);
    }

    public GatewayConfig with(TimeLimits other) {
        return new GatewayConfig(
                listener, requests, other, origin, poll, cacheBytes, limiterBuckets, coalesceWait, threads, transport);
    }

    public GatewayConfig with(Origin other) {
        return new GatewayConfig(
                listener, requests, times, other, poll, cacheBytes, limiterBuckets, coalesceWait, threads, transport);
    }

    public GatewayConfig with(Poll other) {
        return new GatewayConfig(
                listener, requests, times, origin, other, cacheBytes, limiterBuckets, coalesceWait, threads, transport);
    }

    public GatewayConfig withCacheBytes(long bytes) {
        return new GatewayConfig(
                listener, requests, times, origin, poll, bytes, limiterBuckets, coalesceWait, threads, transport);
    }

    public GatewayConfig withCoalesceWait(Duration wait) {
        return new GatewayConfig(
                listener, requests, times, origin, poll, cacheBytes, limiterBuckets, wait, threads, transport);
    }

    public GatewayConfig withThreads(int count) {
        return new GatewayConfig(
                listener, requests, times, origin, poll, cacheBytes, limiterBuckets, coalesceWait, count, transport);
    }

    public GatewayConfig with(Transport other) {
        return new GatewayConfig(
                listener, requests, times, origin, poll, cacheBytes, limiterBuckets, coalesceWait, threads, other);
    }

    /**
     * Where clients connect.
     *
     * @param host an address of this machine, such as 127.0.0.1 or 0.0.0.0
     * @param port 0 to 65,535; 0: any free one
     * @param maxConnections 1 to 1,000,000; one more is answered 503 (over TLS: not at all) and closed; the default is
     *     10,000
     * @param tls how TLS is spoken; null: plain HTTP, the default
     */
    public record Listener(
            String host,
            int port,
            int maxConnections,
            @Nullable Tls tls) {
        public Listener {
            Objects.requireNonNull(host, "host");
            requireRange(port, 0, 65_535, "port");
            requireRange(maxConnections, 1, 1_000_000, "maxConnections");
        }

        /** A listener of plain HTTP. */
        public Listener(String host, int port, int maxConnections) {
            this(host, port, maxConnections, null);
        }
    }

    /**
     * How large a request may be.
     *
     * @param maxLineBytes the request line, 256 to 65,536; past it: 414; the default is 8 KiB
     * @param maxHeadBytes all field lines together, 1,024 to 1 MiB; past it: 431; the default is 32 KiB
     * @param maxStreams HTTP/2 streams at once on a connection, 1 to 10,000; the default is 100
     * @param maxTunnels connections at once that have left HTTP for WebSocket, 0 to 1,000,000; one more is answered 503;
     *     the default is 1,000
     * @param maxContentBytes content of all requests that is held at once so that it can be part of a key, 1 MiB or more; past it:
     *     503; the default is 32 MiB
     */
    public record RequestLimits(
            int maxLineBytes, int maxHeadBytes, int maxStreams, int maxTunnels, long maxContentBytes) {
        /** The default of {@code maxContentBytes}. */
        public static final long MAX_CONTENT_BYTES = 32L << 20;

        public RequestLimits {
            requireRange(maxLineBytes, 256, 65_536, "maxLineBytes");
            requireRange(maxHeadBytes, 1_024, 1 << 20, "maxHeadBytes");
            requireRange(maxStreams, 1, 10_000, "maxStreams");
            requireRange(maxTunnels, 0, 1_000_000, "maxTunnels");
            requireRange(maxContentBytes, 1 << 20, Long.MAX_VALUE, "maxContentBytes");
        }

        /** With the default for content. */
        public RequestLimits(int maxLineBytes, int maxHeadBytes, int maxStreams, int maxTunnels) {
            this(maxLineBytes, maxHeadBytes, maxStreams, maxTunnels, MAX_CONTENT_BYTES);
        }

        /** With the default number of tunnels. */
        public RequestLimits(int maxLineBytes, int maxHeadBytes, int maxStreams) {
            this(maxLineBytes, maxHeadBytes, maxStreams, 1_000);
        }
    }

    /**
     * How long clients may take, each 100 ms to an hour.
     *
     * @param head from a request's first byte until its head is complete; the default is 10 s
     * @param body for the content, plus a second for each 16 KiB that came; the default is 30 s
     * @param idle between requests; the default is 75 s
     * @param write for an answer's bytes to move on, and at least 16 KiB in that time; the default is 30 s
     * @param drain for requests in flight when the gateway closes; the default is 8 s
     * @param tunnel for a WebSocket connection on which no byte moves, 100 ms to a day; the default is 5 minutes
     */
    public record TimeLimits(
            Duration head, Duration body, Duration idle, Duration write, Duration drain, Duration tunnel) {
        public TimeLimits {
            requireTime(head, "head");
            requireTime(body, "body");
            requireTime(idle, "idle");
            requireTime(write, "write");
            requireRange(drain, Duration.ZERO, Duration.ofHours(1), "drain");
            requireRange(tunnel, Duration.ofMillis(100), Duration.ofDays(1), "tunnel");
        }

        /** With the default for tunnels. */
        public TimeLimits(Duration head, Duration body, Duration idle, Duration write, Duration drain) {
            this(head, body, idle, write, drain, Duration.ofMinutes(5));
        }

        /** The defaults. */
        public static TimeLimits defaults() {
            return new TimeLimits(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(8));
        }
    }

    /**
     * The Brain and how it is reached.
     *
     * @param url {@code http://host[:port][/base/path]}, or https; the base path goes before every target
     * @param maxConcurrent requests at the origin at once, 1 to 100,000; the default is 64
     * @param maxQueued requests that may wait for their turn, 0 to 1,000,000; one more fails at once; the default is 1,024
     * @param connect until a connection stands, 10 ms to 10 minutes; the default is 2 s
     * @param idle how long an unused connection is kept, 100 ms to an hour; the default is 4 s, below the 5 s after which
     *     Node and uvicorn close theirs, so that a request seldom meets a connection that its server is about to close
     * @param stall how long the origin may pause in the middle of a message, 100 ms to a day; the default is 5 minutes
     * @param maxHeadBytes an answer's field lines, 1,024 to 1 MiB; the default is 64 KiB
     * @param maxBodyBytes an answer's content, 1 to 1 PiB; past it the answer is broken off; the default is 64 GiB
     * @param key what the origin wants in {@code X-API-Key}, visible ASCII, or null; sent with every request in place of
     *     the client's own key, which never leaves the gateway
     * @param resilience what is done when it fails, is busy or sleeps
     * @param trust how both prove who they are; certificates are for https alone
     */
    public record Origin(
            URI url,
            int maxConcurrent,
            int maxQueued,
            Duration connect,
            Duration idle,
            Duration stall,
            int maxHeadBytes,
            long maxBodyBytes,
            @Nullable String key,
            Resilience resilience,
            OriginTrust trust) {
        public Origin {
            Objects.requireNonNull(url, "url");
            Objects.requireNonNull(resilience, "resilience");
            Objects.requireNonNull(trust, "trust");
            if ((!"http".equals(url.getScheme()) && !"https".equals(url.getScheme()))
                    || url.getHost() == null
                    || url.getRawUserInfo() != null
                    || url.getRawQuery() != null
                    || url.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "the origin's URL must look like http://host:port or https://host:port/base, but is " + url);
            }
            requireRange(maxConcurrent, 1, 100_000, "maxConcurrent");
            requireRange(maxQueued, 0, 1_000_000, "maxQueued");
            requireRange(connect, Duration.ofMillis(10), Duration.ofMinutes(10), "connect");
            requireTime(idle, "idle");
            requireRange(stall, Duration.ofMillis(100), Duration.ofDays(1), "stall");
            requireRange(maxHeadBytes, 1_024, 1 << 20, "maxHeadBytes");
            requireRange(maxBodyBytes, 1, 1L << 50, "maxBodyBytes");
            if (key != null && (key.isEmpty() || key.chars().anyMatch(c -> c <= ' ' || c >= 127))) {
                throw new IllegalArgumentException("key must be visible ASCII characters without spaces");
            }
        }

        /** An origin that wants no key. */
        public Origin(
                URI url,
                int maxConcurrent,
                int maxQueued,
                Duration connect,
                Duration idle,
                Duration stall,
                int maxHeadBytes,
                long maxBodyBytes) {
            this(
                    url,
                    maxConcurrent,
                    maxQueued,
                    connect,
                    idle,
                    stall,
                    maxHeadBytes,
                    maxBodyBytes,
                    null,
                    Resilience.defaults(),
                    OriginTrust.ofSystem());
        }

        /** The same at another address. */
        public Origin at(URI other) {
            return new Origin(
                    other,
                    maxConcurrent,
                    maxQueued,
                    connect,
                    idle,
                    stall,
                    maxHeadBytes,
                    maxBodyBytes,
                    key,
                    resilience,
                    trust);
        }

        /** The same with this key. */
        public Origin withKey(@Nullable String wanted) {
            return new Origin(
                    url,
                    maxConcurrent,
                    maxQueued,
                    connect,
                    idle,
                    stall,
                    maxHeadBytes,
                    maxBodyBytes,
                    wanted,
                    resilience,
                    trust);
        }

        /** The same with this conduct in trouble. */
        public Origin with(Resilience other) {
            return new Origin(
                    url, maxConcurrent, maxQueued, connect, idle, stall, maxHeadBytes, maxBodyBytes, key, other, trust);
        }

        /** The same with this trust. */
        public Origin with(OriginTrust other) {
            return new Origin(
                    url,
                    maxConcurrent,
                    maxQueued,
                    connect,
                    idle,
                    stall,
                    maxHeadBytes,
                    maxBodyBytes,
                    key,
                    resilience,
                    other);
        }

        /** Without the key. */
        @Override
        public String toString() {
            return "Origin[" + url + "]";
        }

        /** The defaults for an origin. */
        public static Origin of(URI url) {
            return new Origin(
                    url,
                    64,
                    1_024,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(4),
                    Duration.ofMinutes(5),
                    64 * 1024,
                    64L << 30);
        }
    }

    /**
     * How the Brain's health is watched.
     *
     * @param path what is asked for; the default is {@code /health}
     * @param every how often, 100 ms to an hour, or zero for never; the default is 5 s
     */
    public record Poll(String path, Duration every) {
        public Poll {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("path must begin with \"/\", but is " + path);
            }
            if (!every.isZero()) {
                requireTime(every, "every");
            }
        }
    }

    private static void requireTime(Duration value, String name) {
        requireRange(value, Duration.ofMillis(100), Duration.ofHours(1), name);
    }

    private static void requireRange(Duration value, Duration min, Duration max, String name) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", but is " + value);
        }
    }

    private static void requireRange(long value, long min, long max, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", but is " + value);
        }
    }
}
