package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import dev.freefleet.cli.config.Values.Item;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.Route;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** How routes are written, and made from what was written. */
final class Routes {
    /** What of a route is cached; the kinds of {@link CacheRule}. */
    enum CacheMode {
        OFF,
        HTTP,
        QUERY
    }

    private static final int MAX_PATH = 1_000;

    private Routes() {}

    /** A method's name in upper case (RFC 9110 section 9.1). */
    static Scalar<String> method() {
        return new Scalar<>(
                "method",
                "e.g. GET or POST",
                written -> {
                    boolean upper = written.chars().allMatch(c -> "ABCDEFGHIJKLMNOPQRSTUVWXYZ-".indexOf(c) >= 0);
                    if (written.isEmpty() || written.length() > 16 || !upper) {
                        throw new BadValue("is not a method; write e.g. GET or POST");
                    }
                    return written;
                },
                method -> method);
    }

    /** A path template; what its segments may be, the edge decides. */
    static Scalar<String> path() {
        return new Scalar<>(
                "path template",
                "e.g. /query or /docs/**",
                written -> {
                    boolean visible = written.chars().allMatch(c -> c > ' ' && c < 127);
                    if (!written.startsWith("/") || written.length() > MAX_PATH || !visible) {
                        throw new BadValue("is not a path template; write e.g. /query or /docs/**");
                    }
                    return written;
                },
                path -> path);
    }

    /** A field's name (RFC 9110 section 5.1) in lower case, that holds no secret. */
    static Scalar<String> field() {
        return new Scalar<>(
                "field name",
                "e.g. accept-language",
                written -> {
                    boolean name = !written.isEmpty()
                            && written.length() <= 64
                            && written.chars().allMatch(c -> "abcdefghijklmnopqrstuvwxyz0123456789-_".indexOf(c) >= 0);
                    if (!name || written.equals("x-api-key") || written.equals("authorization")) {
                        throw new BadValue("is not a field in lower case without a secret; write e.g. accept-language");
                    }
                    return written;
                },
                field -> field);
    }

    /** The route that this element of the list describes; its required settings are there. */
    static Route route(Values values, Item item) {
        return new Route(
                values.get(item, Settings.ROUTE_NAME),
                Set.copyOf(values.get(item, Settings.ROUTE_METHODS)),
                values.get(item, Settings.ROUTE_PATH),
                values.get(item, Settings.ROUTE_AUTH),
                values.find(item, Settings.ROUTE_RATE),
                Math.toIntExact(values.get(item, Settings.ROUTE_MAX_BODY)),
                values.get(item, Settings.ROUTE_TIMEOUT).toMillis(),
                cache(values, item));
    }

    private static CacheRule cache(Values values, Item item) {
        int maxAnswer = Math.toIntExact(values.get(item, Settings.ROUTE_CACHE_MAX));
        return switch (values.get(item, Settings.ROUTE_CACHE)) {
            case OFF -> new CacheRule.Off();
            case HTTP ->
                new CacheRule.Http(
                        maxAnswer,
                        values.get(item, Settings.ROUTE_CACHE_HEURISTIC),
                        stale(values, item, CacheRule.Stale.NEVER));
            case QUERY ->
                new CacheRule.Query(
                        values.get(item, Settings.ROUTE_CACHE_SCOPE),
                        values.get(item, Settings.ROUTE_CACHE_TTL).toMillis(),
                        maxAnswer,
                        values.find(item, Settings.ROUTE_CACHE_TEXT),
                        stale(values, item, CacheRule.Stale.A_DAY_ON_ERRORS),
                        Objects.requireNonNullElse(values.find(item, Settings.ROUTE_CACHE_FIELDS), List.of()),
                        values.get(item, Settings.ROUTE_CACHE_FOLD));
        };
    }

    private static CacheRule.Stale stale(Values values, Item item, CacheRule.Stale usual) {
        Duration onError = values.find(item, Settings.ROUTE_CACHE_STALE_ERROR);
        return new CacheRule.Stale(
                values.get(item, Settings.ROUTE_CACHE_STALE_REVALIDATE).toMillis(),
                onError == null ? usual.ifErrorMillis() : onError.toMillis());
    }
}
