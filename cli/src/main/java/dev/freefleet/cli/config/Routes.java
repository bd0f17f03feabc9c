package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import dev.freefleet.cli.config.Values.Item;
import dev.freefleet.edge.AnswerTags;
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

    /** Whether every path that the second template matches is matched by the first. */
    static boolean takesAll(String first, String second) {
        List<String> one = List.of(first.split("/", -1));
        List<String> other = List.of(second.split("/", -1));
        boolean open = one.getLast().equals("**");
        boolean otherOpen = other.getLast().equals("**");
        int size = open ? one.size() - 1 : one.size();
        int otherSize = otherOpen ? other.size() - 1 : other.size();
        if (open ? otherSize < size : otherOpen || otherSize != size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            boolean any = one.get(i).startsWith("{") && !other.get(i).isEmpty();
            if (!any && !one.get(i).equals(other.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The bound of the answers on disk: none at all, or enough for its files. */
    static Scalar<Long> diskSize() {
        Scalar<Long> size = ValueTypes.size(0, 1L << 40);
        return new Scalar<>(
                size.name(),
                "0B, or 1MiB to 1024GiB",
                written -> {
                    long bytes = size.parse().apply(written);
                    if (bytes > 0 && bytes < 1 << 20) {
                        throw new BadValue("is out of range; write 0B, or 1MiB to 1024GiB");
                    }
                    return bytes;
                },
                size.text());
    }

    /** A JSON pointer in which "*" stands for every element, as tags are found by. */
    static Scalar<String> tagPointer() {
        return new Scalar<>(
                "JSON pointer",
                "e.g. /sources/*/id",
                written -> {
                    try {
                        return new AnswerTags(List.of(written)).pointers().getFirst();
                    } catch (IllegalArgumentException malformed) {
                        throw new BadValue("is not a JSON pointer; write e.g. /sources/*/id");
                    }
                },
                pointer -> pointer);
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
                cache(values, item),
                values.get(item, Settings.ROUTE_WEBSOCKET));
    }

    private static CacheRule cache(Values values, Item item) {
        int maxAnswer = Math.toIntExact(values.get(item, Settings.ROUTE_CACHE_MAX));
        return switch (values.get(item, Settings.ROUTE_CACHE)) {
            case OFF -> new CacheRule.Off();
            case HTTP ->
                new CacheRule.Http(
                        maxAnswer,
                        values.get(item, Settings.ROUTE_CACHE_HEURISTIC),
                        stale(values, item, CacheRule.Stale.NEVER),
                        values.get(item, Settings.ROUTE_CACHE_ERRORS),
                        values.get(item, Settings.ROUTE_CACHE_STREAMS));
            case QUERY ->
                new CacheRule.Query(
                        values.get(item, Settings.ROUTE_CACHE_SCOPE),
                        values.get(item, Settings.ROUTE_CACHE_TTL).toMillis(),
                        maxAnswer,
                        values.find(item, Settings.ROUTE_CACHE_TEXT),
                        stale(values, item, CacheRule.Stale.OF_QUESTIONS),
                        Objects.requireNonNullElse(values.find(item, Settings.ROUTE_CACHE_FIELDS), List.of()),
                        values.get(item, Settings.ROUTE_CACHE_FOLD),
                        tags(values, item),
                        values.get(item, Settings.ROUTE_CACHE_STREAMS));
        };
    }

    private static AnswerTags tags(Values values, Item item) {
        List<String> pointers = values.find(item, Settings.ROUTE_CACHE_TAGS);
        return pointers == null ? AnswerTags.SOURCES : new AnswerTags(pointers);
    }

    private static CacheRule.Stale stale(Values values, Item item, CacheRule.Stale usual) {
        Duration onError = values.find(item, Settings.ROUTE_CACHE_STALE_ERROR);
        Duration slow = values.find(item, Settings.ROUTE_CACHE_STALE_SLOW);
        return new CacheRule.Stale(
                values.get(item, Settings.ROUTE_CACHE_STALE_REVALIDATE).toMillis(),
                onError == null ? usual.ifErrorMillis() : onError.toMillis(),
                slow == null ? usual.ifSlowMillis() : slow.toMillis());
    }
}
