package dev.freefleet.worker;

import static dev.freefleet.worker.js.JsonValue.flag;
import static dev.freefleet.worker.js.JsonValue.integer;
import static dev.freefleet.worker.js.JsonValue.object;
import static dev.freefleet.worker.js.JsonValue.objects;
import static dev.freefleet.worker.js.JsonValue.text;
import static dev.freefleet.worker.js.JsonValue.texts;

import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import dev.freefleet.worker.js.JsonValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code policy.json} ({@code docs/edge-protocol.md}, "The policy of a deployed edge"). */
final class PolicyReader {
    private static final int VERSION = 1;
    private static final long USUAL_STALL_MILLIS = 300_000;

    private PolicyReader() {}

    /** @throws IllegalArgumentException if it is of another version, or something is missing or out of its range */
    static Settings read(JsonValue json) {
        if (integer(json, "version") != VERSION) {
            throw new IllegalArgumentException("policy.json must have version " + VERSION
                    + "; build the Worker and its policy anew, with the same fleet.");
        }
        JsonValue cors = required(json, "cors");
        Map<String, EdgePolicy.Plan> plans = new HashMap<>();
        JsonValue all = required(json, "plans");
        for (String name : JsonValue.names(all)) {
            plans.put(name, plan(required(all, name)));
        }
        EdgePolicy policy = new EdgePolicy(
                requiredText(json, "node"),
                objects(json, "routes").stream().map(PolicyReader::route).toList(),
                plans,
                rate(required(json, "address_rate")),
                rate(required(json, "refused_key_rate")),
                List.of(), // in front of a Worker there is none but Cloudflare, which says who the client is
                new EdgePolicy.Cors(new HashSet<>(texts(cors, "origins")), (int) integer(cors, "max_age_seconds")),
                queryText(requiredText(json, "query_text")),
                integer(json, "hsts_seconds"));
        JsonValue origin = required(json, "origin");
        boolean gateway = switch (requiredText(origin, "kind")) {
            case "gateway" -> true;
            case "brain" -> false;
            case String other -> throw unknown("origin.kind", other);
        };
        String secretHeader = text(origin, "secret_header");
        String cacheHost = text(json, "cache_host");
        return new Settings(
                policy,
                withoutSlash(requiredText(origin, "url")),
                gateway,
                secretHeader == null ? "x-fleet-secret" : secretHeader,
                withoutSlash(requiredText(json, "fleet_url")),
                keyLimit(json),
                questions(json),
                JsonValue.has(origin, "stall_ms") ? integer(origin, "stall_ms") : USUAL_STALL_MILLIS,
                cacheHost == null ? "fleet.invalid" : cacheHost);
    }

    private static long keyLimit(JsonValue json) {
        if (!JsonValue.has(json, "key_limit")) {
            throw missing("key_limit");
        }
        return integer(json, "key_limit");
    }

    private static Questions questions(JsonValue json) {
        Map<String, EdgePolicy.QueryText> routes = new HashMap<>();
        for (JsonValue route : objects(json, "routes")) {
            String keep = text(route, "query_text");
            if (keep != null) {
                routes.put(requiredText(route, "name"), queryText(keep));
            }
        }
        return new Questions(routes, flag(json, "park_text"));
    }

    private static EdgePolicy.QueryText queryText(String keep) {
        return switch (keep) {
            case "full" -> EdgePolicy.QueryText.FULL;
            case "digest" -> EdgePolicy.QueryText.DIGEST;
            case "off" -> EdgePolicy.QueryText.OFF;
            default -> throw unknown("query_text", keep);
        };
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    static RateLimit rate(JsonValue json) {
        return new RateLimit((int) integer(json, "requests"), integer(json, "period_ms"), (int) integer(json, "burst"));
    }

    static @Nullable RateLimit rateOf(JsonValue json, String name) {
        JsonValue rate = object(json, name);
        return rate == null ? null : rate(rate);
    }

    private static EdgePolicy.Plan plan(JsonValue json) {
        return new EdgePolicy.Plan(
                rate(required(json, "rate")), SyncReader.quotas(json), (int) integer(json, "max_concurrent"), (int)
                        integer(json, "priority"));
    }

    private static Route route(JsonValue json) {
        String auth = requiredText(json, "auth");
        return new Route(
                requiredText(json, "name"),
                new HashSet<>(texts(json, "methods")),
                requiredText(json, "path"),
                switch (auth) {
                    case "none" -> Route.Auth.NONE;
                    case "key" -> Route.Auth.KEY;
                    default -> throw unknown("auth", auth);
                },
                rateOf(json, "rate"),
                (int) integer(json, "max_body_bytes"),
                integer(json, "timeout_ms"),
                cache(required(json, "cache")),
                flag(json, "web_socket"));
    }

    private static CacheRule cache(JsonValue json) {
        return switch (requiredText(json, "mode")) {
            case "off" -> new CacheRule.Off();
            case "http" ->
                new CacheRule.Http(
                        (int) integer(json, "max_answer_bytes"),
                        flag(json, "heuristic"),
                        stale(required(json, "stale")),
                        flag(json, "store_errors"),
                        flag(json, "store_streams"));
            case "query" ->
                new CacheRule.Query(
                        scope(requiredText(json, "scope")),
                        integer(json, "default_ttl_ms"),
                        (int) integer(json, "max_answer_bytes"),
                        text(json, "text_member"),
                        stale(required(json, "stale")),
                        texts(json, "key_fields"),
                        flag(json, "fold_text"),
                        new AnswerTags(texts(json, "tags")),
                        flag(json, "store_streams"));
            case String other -> throw unknown("cache.mode", other);
        };
    }

    private static CacheRule.Scope scope(String scope) {
        return switch (scope) {
            case "public" -> CacheRule.Scope.PUBLIC;
            case "user" -> CacheRule.Scope.USER;
            case "key" -> CacheRule.Scope.KEY;
            default -> throw unknown("cache.scope", scope);
        };
    }

    private static CacheRule.Stale stale(JsonValue json) {
        return new CacheRule.Stale(
                integer(json, "while_revalidate_ms"), integer(json, "if_error_ms"), integer(json, "if_slow_ms"));
    }

    private static JsonValue required(JsonValue json, String name) {
        JsonValue value = object(json, name);
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    private static String requiredText(JsonValue json, String name) {
        String value = text(json, name);
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    private static IllegalArgumentException missing(String name) {
        return new IllegalArgumentException("policy.json lacks \"" + name + "\"; write it with ./fleet edge build.");
    }

    private static IllegalArgumentException unknown(String name, String value) {
        return new IllegalArgumentException(
                "policy.json says \"" + value + "\" for " + name + ", which this Worker does not know.");
    }
}
