package dev.freefleet.edgesync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The policy of a deployed edge as {@code policy.json}; it holds no secret, and one policy has one text. */
public final class PolicyJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PolicyJson() {}

    /**
     * Where a deployed edge asks.
     *
     * @param fleet where the fleet's gateway is reached from outside
     * @param brain where the Brain is, if misses are asked there, past the gateway; else null
     * @param secretHeader the field in which that Brain is shown a secret
     * @param stallMillis how long either may pause in the middle of an answer
     * @param domain the edge's own, or null where it has none
     */
    public record Origin(
            URI fleet,
            @Nullable URI brain,
            String secretHeader,
            long stallMillis,
            @Nullable String domain) {}

    /**
     * What usage keeps of questions, beyond what the edge's policy says of all.
     *
     * @param routes what is kept of single routes, where that is less
     * @param parked whether texts may wait in Workers KV as they were typed; not where something is taken out of them
     */
    public record Questions(Map<String, EdgePolicy.QueryText> routes, boolean parked) {
        public Questions {
            routes = Map.copyOf(routes);
        }
    }

    /**
     * The text.
     *
     * @param node the edge's name in usage
     */
    public static String of(EdgePolicy policy, String node, Origin origin, Questions questions) {
        ObjectNode json = JSON.createObjectNode().put("version", 1).put("node", node);
        ObjectNode asked = json.putObject("origin");
        URI brain = origin.brain();
        asked.put("url", (brain == null ? origin.fleet() : brain).toString())
                .put("kind", brain == null ? "gateway" : "brain")
                .put("secret_header", origin.secretHeader())
                .put("stall_ms", origin.stallMillis());
        json.put("fleet_url", origin.fleet().toString());
        if (origin.domain() != null) {
            json.put("cache_host", origin.domain());
        }
        json.set("address_rate", rate(policy.addressRate()));
        json.set("refused_key_rate", rate(policy.refusedKeyRate()));
        json.put("key_limit", keyLimit(policy));
        json.set("trusted_proxies", texts(policy.trustedProxies()));
        ObjectNode cors = json.putObject("cors");
        cors.set("origins", texts(policy.cors().origins().stream().sorted().toList()));
        cors.put("max_age_seconds", policy.cors().maxAgeSeconds());
        json.put("query_text", label(policy.queryText()));
        json.put("park_text", questions.parked());
        json.put("hsts_seconds", policy.hstsSeconds());
        ObjectNode plans = json.putObject("plans");
        new TreeMap<>(policy.plans()).forEach((name, plan) -> plans.set(name, plan(plan)));
        ArrayNode routes = json.putArray("routes");
        for (Route route : policy.routes()) {
            ObjectNode one = route(route);
            EdgePolicy.QueryText text = questions.routes().get(route.name());
            routes.add(text == null ? one : one.put("query_text", label(text)));
        }
        return json.toPrettyString() + "\n";
    }

    /**
     * The limit of the binding that counts requests by key, a minute: that of the plan with the highest rate, since one
     * binding counts for the keys of all plans.
     */
    public static long keyLimit(EdgePolicy policy) {
        return policy.plans().values().stream()
                .mapToLong(plan -> plan.rate().perMinute())
                .max()
                .orElseThrow();
    }

    private static String label(EdgePolicy.QueryText text) {
        return text.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode plan(EdgePolicy.Plan plan) {
        ObjectNode json = JSON.createObjectNode();
        json.set("rate", rate(plan.rate()));
        ArrayNode quotas = json.putArray("quotas");
        for (Quota quota : plan.quotas()) {
            quotas.addObject()
                    .put("requests", quota.requests())
                    .put("period", quota.period().name().toLowerCase(Locale.ROOT));
        }
        return json.put("max_concurrent", plan.maxConcurrent()).put("priority", plan.priority());
    }

    private static ObjectNode route(Route route) {
        ObjectNode json = JSON.createObjectNode().put("name", route.name());
        json.set("methods", texts(route.methods().stream().sorted().toList()));
        json.put("path", route.path()).put("auth", route.auth().name().toLowerCase(Locale.ROOT));
        RateLimit rate = route.rate();
        json.set("rate", rate == null ? JSON.nullNode() : rate(rate));
        json.put("max_body_bytes", route.maxBodyBytes())
                .put("timeout_ms", route.timeoutMillis())
                .put("web_socket", route.webSocket());
        json.set("cache", cache(route.cache()));
        return json;
    }

    private static ObjectNode cache(CacheRule rule) {
        ObjectNode json = JSON.createObjectNode();
        return switch (rule) {
            case CacheRule.Off ignored -> json.put("mode", "off");
            case CacheRule.Http http -> {
                json.put("mode", "http")
                        .put("max_answer_bytes", http.maxAnswerBytes())
                        .put("heuristic", http.heuristic());
                json.set("stale", stale(http.stale()));
                yield json.put("store_errors", http.storeErrors()).put("store_streams", http.storeStreams());
            }
            case CacheRule.Query query -> {
                json.put("mode", "query")
                        .put("scope", query.scope().name().toLowerCase(Locale.ROOT))
                        .put("default_ttl_ms", query.defaultTtlMillis())
                        .put("max_answer_bytes", query.maxAnswerBytes())
                        .put("text_member", query.textMember());
                json.set("stale", stale(query.stale()));
                json.set("key_fields", texts(query.keyFields()));
                json.put("fold_text", query.foldText());
                json.set("tags", texts(query.tags().pointers()));
                yield json.put("store_streams", query.storeStreams());
            }
        };
    }

    private static ObjectNode stale(CacheRule.Stale stale) {
        return JSON.createObjectNode()
                .put("while_revalidate_ms", stale.whileRevalidateMillis())
                .put("if_error_ms", stale.ifErrorMillis())
                .put("if_slow_ms", stale.ifSlowMillis());
    }

    private static ObjectNode rate(RateLimit rate) {
        return JSON.createObjectNode()
                .put("requests", rate.requests())
                .put("period_ms", rate.periodMillis())
                .put("burst", rate.burst());
    }

    private static ArrayNode texts(Collection<String> texts) {
        ArrayNode list = JSON.createArrayNode();
        List.copyOf(texts).forEach(list::add);
        return list;
    }
}
