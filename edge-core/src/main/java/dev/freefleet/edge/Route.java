package dev.freefleet.edge;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests go where, and under which rules.
 *
 * @param name 1 to 64 of {@code a-z 0-9 . _ -}; the label in metrics, scopes and usage
 * @param methods upper-case methods that it takes; another method on its path is answered 405
 * @param path a template of literal segments, {@code {name}} for one segment, and a final {@code **} for any rest
 * @param auth what a caller must show
 * @param rate a limit for each caller on this route beyond the plan's, or null
 * @param maxBodyBytes cap of the request's content, 0 to 1 GiB; the default is 1 MiB
 * @param timeoutMillis until the origin's answer's head, 100 to 600,000; the default is 30,000
 * @param cache what may be stored and reused
 * @param webSocket whether a client may switch to WebSocket (RFC 6455) where the origin agrees; off by default: who asks
 *     is answered as if it had not
 */
public record Route(
        String name,
        Set<String> methods,
        String path,
        Auth auth,
        @Nullable RateLimit rate,
        int maxBodyBytes,
        long timeoutMillis,
        CacheRule cache,
        boolean webSocket) {
    /** What a caller must show. */
    public enum Auth {
        /** Nothing. */
        NONE,
        /** A fleet key in {@code X-API-Key} or {@code Authorization: Bearer}. */
        KEY
    }

    public Route {
        Objects.requireNonNull(name, "name");
        methods = Set.copyOf(methods);
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(auth, "auth");
        RateLimit.requireRange(maxBodyBytes, 0, 1 << 30, "maxBodyBytes");
        RateLimit.requireRange(timeoutMillis, 100, 600_000, "timeoutMillis");
        Objects.requireNonNull(cache, "cache");
    }

    /** A route without WebSocket. */
    public Route(
            String name,
            Set<String> methods,
            String path,
            Auth auth,
            @Nullable RateLimit rate,
            int maxBodyBytes,
            long timeoutMillis,
            CacheRule cache) {
        this(name, methods, path, auth, rate, maxBodyBytes, timeoutMillis, cache, false);
    }
}
