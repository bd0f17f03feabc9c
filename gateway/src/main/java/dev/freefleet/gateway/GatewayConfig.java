package dev.freefleet.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;

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
 * @param nativeTransport whether to use epoll where the platform has it; the default is true
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
        boolean nativeTransport) {
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
                true);
    }

    public GatewayConfig with(Listener other) {
        return new GatewayConfig(
                other,
                requests,
                times,
                origin,
                poll,
                cacheBytes,
                limiterBuckets,
                coalesceWait,
                threads,
                nativeTransport);
    }

    public GatewayConfig with(RequestLimits other) {
        return new GatewayConfig(
                listener,
                other,
                times,
                origin,
                poll,
                cacheBytes,
                limiterBuckets,
                coalesceWait,
                threads,
                nativeTransport);
    }

    public GatewayConfig with(TimeLimits other) {
        return new GatewayConfig(
                listener,
                requests,
                other,
                origin,
                poll,
                cacheBytes,
                limiterBuckets,
                coalesceWait,
                threads,
                nativeTransport);
    }

    public GatewayConfig with(Origin other) {
        return new GatewayConfig(
                listener,
                requests,
                times,
                other,
                poll,
                cacheBytes,
                limiterBuckets,
                coalesceWait,
                threads,
                nativeTransport);
    }

    public GatewayConfig with(Poll other) {
        return new GatewayConfig(
                listener,
                requests,
                times,
                origin,
                other,
                cacheBytes,
                limiterBuckets,
                coalesceWait,
                threads,
                nativeTransport);
    }

    public GatewayConfig withCacheBytes(long bytes) {
        return new GatewayConfig(
                listener, requests, times, origin, poll, bytes, limiterBuckets, coalesceWait, threads, nativeTransport);
    }

    public GatewayConfig withCoalesceWait(Duration wait) {
        return new GatewayConfig(
                listener, requests, times, origin, poll, cacheBytes, limiterBuckets, wait, threads, nativeTransport);
    }

    public GatewayConfig withThreads(int count) {
        return new GatewayConfig(
                listener,
                requests,
                times,
                origin,
                poll,
                cacheBytes,
                limiterBuckets,
                coalesceWait,
                count,
                nativeTransport);
    }

    public GatewayConfig withNativeTransport(boolean allowed) {
        return new GatewayConfig(
                listener, requests, times, origin, poll, cacheBytes, limiterBuckets, coalesceWait, threads, allowed);
    }

    /**
     * Where clients connect.
     *
     * @param host an address of this machine, such as 127.0.0.1 or 0.0.0.0
     * @param port 0 to 65,535; 0: any free one
     * @param maxConnections 1 to 1,000,000; one more is answered 503 and closed; the default is 10,000
     */
    public record Listener(String host, int port, int maxConnections) {
        public Listener {
            Objects.requireNonNull(host, "host");
            requireRange(port, 0, 65_535, "port");
            requireRange(maxConnections, 1, 1_000_000, "maxConnections");
        }
    }

    /**
     * How large a request may be.
     *
     * @param maxLineBytes the request line, 256 to 65,536; past it: 414; the default is 8 KiB
     * @param maxHeadBytes all field lines together, 1,024 to 1 MiB; past it: 431; the default is 32 KiB
     * @param maxStreams HTTP/2 streams at once on a connection, 1 to 10,000; the default is 100
     */
    public record RequestLimits(int maxLineBytes, int maxHeadBytes, int maxStreams) {
        public RequestLimits {
            requireRange(maxLineBytes, 256, 65_536, "maxLineBytes");
            requireRange(maxHeadBytes, 1_024, 1 << 20, "maxHeadBytes");
            requireRange(maxStreams, 1, 10_000, "maxStreams");
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
     */
    public record TimeLimits(Duration head, Duration body, Duration idle, Duration write, Duration drain) {
        public TimeLimits {
            requireTime(head, "head");
            requireTime(body, "body");
            requireTime(idle, "idle");
            requireTime(write, "write");
            requireRange(drain, Duration.ZERO, Duration.ofHours(1), "drain");
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
     * @param url {@code http://host[:port][/base/path]}; the base path goes before every target
     * @param maxConcurrent requests at the origin at once, 1 to 100,000; the default is 64
     * @param maxQueued requests that may wait for their turn, 0 to 1,000,000; one more fails at once; the default is 1,024
     * @param connect until a connection stands, 10 ms to 10 minutes; the default is 2 s
     * @param idle how long an unused connection is kept, 100 ms to an hour; the default is 30 s
     * @param stall how long the origin may pause in the middle of a message, 100 ms to a day; the default is 5 minutes
     * @param maxHeadBytes an answer's field lines, 1,024 to 1 MiB; the default is 64 KiB
     * @param maxBodyBytes an answer's content, 1 to 1 PiB; past it the answer is broken off; the default is 64 GiB
     */
    public record Origin(
            URI url,
            int maxConcurrent,
            int maxQueued,
            Duration connect,
            Duration idle,
            Duration stall,
            int maxHeadBytes,
            long maxBodyBytes) {
        public Origin {
            Objects.requireNonNull(url, "url");
            if (!"http".equals(url.getScheme())
                    || url.getHost() == null
                    || url.getRawUserInfo() != null
                    || url.getRawQuery() != null
                    || url.getRawFragment() != null) {
                throw new IllegalArgumentException(
                        "the origin's URL must look like http://host:port or http://host:port/base, but is " + url);
            }
            requireRange(maxConcurrent, 1, 100_000, "maxConcurrent");
            requireRange(maxQueued, 0, 1_000_000, "maxQueued");
            requireRange(connect, Duration.ofMillis(10), Duration.ofMinutes(10), "connect");
            requireTime(idle, "idle");
            requireRange(stall, Duration.ofMillis(100), Duration.ofDays(1), "stall");
            requireRange(maxHeadBytes, 1_024, 1 << 20, "maxHeadBytes");
            requireRange(maxBodyBytes, 1, 1L << 50, "maxBodyBytes");
        }

        /** The defaults for an origin. */
        public static Origin of(URI url) {
            return new Origin(
                    url,
                    64,
                    1_024,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(30),
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
