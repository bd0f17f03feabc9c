package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RateLimit;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Who may come in. Every request must name this machine in Host: a page whose name was rebound to loopback (DNS
 * rebinding) names itself. The API wants the operator's token besides (RFC 6750); wrong ones are limited for all
 * callers together, and beyond the limit none is looked at, right or wrong.
 */
final class Gatekeeper {
    static final RateLimit WRONG_TOKENS = new RateLimit(30, 60_000);

    /** Nothing here is a page; who opens an answer as one, an error too, runs and loads nothing of what it holds. */
    static final List<Header> ON_EVERY_ANSWER = List.of(
            HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF,
            HeaderValues.createCached("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store"));

    private final String host;
    private final byte[] token;
    private final LongSupplier nanoTime;
    private final AtomicLong arrival;

    Gatekeeper(String host, String token, LongSupplier nanoTime) {
        this.host = requireNonNull(host, "host").toLowerCase(Locale.ROOT);
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
        this.arrival = new AtomicLong(nanoTime.getAsLong());
    }

    /** Refuses requests that were meant for another host. */
    void checkHost(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        // Before anything is refused.
        ON_EVERY_ANSWER.forEach(response::header);
        String named = request.headers().first(HeaderNames.HOST).orElse("");
        if (!isOurs(named)) {
            throw new Problem(
                    Status.create(421, "Misdirected Request"),
                    "This port answers under its address, localhost or its configured name, not under that Host.");
        }
        chain.proceed();
    }

    /** Refuses API calls without the token. */
    void checkToken(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (!request.path().path().startsWith("/api/")) {
            chain.proceed();
            return;
        }
        // The right token always passes: wrong ones, which any program on this machine can show, lock nobody out.
        if (isToken(request.headers().first(HeaderNames.AUTHORIZATION).orElse(""))) {
            chain.proceed();
            return;
        }
        Gcra.Taken allowance = countWrong();
        if (!allowance.allowed()) {
            response.header("Retry-After", Long.toString((allowance.retryAfterMillis() + 999) / 1000));
            throw new Problem(Status.TOO_MANY_REQUESTS_429, "Too many wrong tokens were shown; wait a minute.");
        }
        response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"fleet admin\"");
        throw new Problem(
                Status.UNAUTHORIZED_401,
                "Show the token in DIR/admin-token as Authorization: Bearer TOKEN; DIR is the data directory.");
    }

    private Gcra.Taken countWrong() {
        while (true) {
            long kept = arrival.get();
            Gcra.Decision decision = Gcra.take(kept, nanoTime.getAsLong(), WRONG_TOKENS);
            if (arrival.compareAndSet(kept, decision.arrivalNanos())) {
                return decision.taken();
            }
        }
    }

    /** Compared in constant time. */
    private boolean isToken(String authorization) {
        String scheme = "bearer ";
        boolean bearer = authorization.regionMatches(true, 0, scheme, 0, scheme.length());
        byte[] shown = bearer
                ? authorization.substring(scheme.length()).strip().getBytes(StandardCharsets.UTF_8)
                : new byte[0];
        return MessageDigest.isEqual(token, shown);
    }

    /** An address cannot be rebound, a name can: any address will do, but of names only ours. */
    private boolean isOurs(String authority) {
        String name = name(authority.toLowerCase(Locale.ROOT));
        boolean address = name.startsWith("[") || isIpv4(name);
        return address || name.equals("localhost") || name.equals(host);
    }

    private static String name(String authority) {
        int port = authority.startsWith("[") ? authority.indexOf(':', authority.indexOf(']')) : authority.indexOf(':');
        return port < 0 ? authority : authority.substring(0, port);
    }

    private static boolean isIpv4(String name) {
        return !name.isEmpty()
                && name.chars().allMatch(c -> "0123456789.".indexOf(c) >= 0)
                && name.chars().filter(c -> c == '.').count() == 3;
    }
}
