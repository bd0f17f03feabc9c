package dev.freefleet.edgesync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyJsonTest {
    private static final URI FLEET = URI.create("https://fleet.example.org");

    private static final PolicyJson.Questions ALL = new PolicyJson.Questions(Map.of(), true);

    private static EdgePolicy policy() {
        List<Route> routes = new ArrayList<>(DefaultRoutes.all());
        routes.add(new Route(
                "site",
                Set.of("GET", "HEAD"),
                "/site/**",
                Route.Auth.NONE,
                new RateLimit(5, 1_000, 9),
                7,
                30_000,
                new CacheRule.Http(8, true, new CacheRule.Stale(1, 2, 3), true, true),
                true));
        return new EdgePolicy(
                "local",
                routes,
                Map.of(
                        "default", new EdgePolicy.Plan(new RateLimit(60, 60_000), List.of(), 256),
                        "gold",
                                new EdgePolicy.Plan(
                                        new RateLimit(9, 1_000),
                                        List.of(new Quota(1, Quota.Period.DAY), new Quota(2, Quota.Period.MONTH)),
                                        5,
                                        -3)),
                new RateLimit(1_200, 60_000),
                new RateLimit(30, 60_000),
                List.of("10.0.0.0/8"),
                new EdgePolicy.Cors(Set.of("https://b.example", "https://a.example"), 60),
                EdgePolicy.QueryText.DIGEST,
                31_536_000);
    }

    @Test
    void everyMemberOfThePolicyIsThere() throws IOException {
        JsonNode json = new ObjectMapper()
                .readTree(PolicyJson.of(
                        policy(),
                        "cloudflare",
                        new PolicyJson.Origin(FLEET, null, "x-fleet-secret", 300_000, "api.example.org"),
                        new PolicyJson.Questions(Map.of("wisdom", EdgePolicy.QueryText.OFF), false)));
        assertThat(json.path("node").asText()).isEqualTo("cloudflare");
        assertThat(json.path("cache_host").asText()).isEqualTo("api.example.org");
        assertThat(json.path("origin").toString())
                .isEqualTo(
                        "{\"url\":\"https://fleet.example.org\",\"kind\":\"gateway\",\"secret_header\":\"x-fleet-secret\",\"stall_ms\":300000}");
        assertThat(json.path("cors").toString())
                .isEqualTo("{\"origins\":[\"https://a.example\",\"https://b.example\"],\"max_age_seconds\":60}");
        assertThat(json.path("plans").path("gold").toString())
                .isEqualTo(
                        "{\"rate\":{\"requests\":9,\"period_ms\":1000,\"burst\":9},\"quotas\":[{\"requests\":1,"
                                + "\"period\":\"day\"},{\"requests\":2,\"period\":\"month\"}],\"max_concurrent\":5,\"priority\":-3}");
        assertThat(json.path("routes")).hasSize(DefaultRoutes.all().size() + 1);
        JsonNode site = json.path("routes").get(json.path("routes").size() - 1);
        assertThat(site.toString())
                .isEqualTo("{\"name\":\"site\",\"methods\":[\"GET\",\"HEAD\"],\"path\":\"/site/**\",\"auth\":\"none\","
                        + "\"rate\":{\"requests\":5,\"period_ms\":1000,\"burst\":9},\"max_body_bytes\":7,"
                        + "\"timeout_ms\":30000,\"web_socket\":true,\"cache\":{\"mode\":\"http\",\"max_answer_bytes\":8,"
                        + "\"heuristic\":true,\"stale\":{\"while_revalidate_ms\":1,\"if_error_ms\":2,\"if_slow_ms\":3},"
                        + "\"store_errors\":true,\"store_streams\":true}}");
        assertThat(json.path("query_text").asText()).isEqualTo("digest");
        assertThat(json.path("park_text").asBoolean(true)).isFalse();
        assertThat(json.path("routes").findValuesAsText("query_text")).containsExactly("off");
        assertThat(json.path("hsts_seconds").asLong()).isEqualTo(31_536_000);
        assertThat(json.path("key_limit").asLong()).as("that of gold, a minute").isEqualTo(540);
    }

    @Test
    void aBrainOfItsOwnIsTheOrigin() throws IOException {
        JsonNode json = new ObjectMapper()
                .readTree(PolicyJson.of(
                        policy(),
                        "cloudflare",
                        new PolicyJson.Origin(
                                FLEET, URI.create("https://brain.example.org/api"), "x-fleet-secret", 5_000, null),
                        ALL));
        assertThat(json.path("origin").path("kind").asText()).isEqualTo("brain");
        assertThat(json.path("origin").path("stall_ms").asLong()).isEqualTo(5_000);
        assertThat(json.has("cache_host")).isFalse();
        assertThat(json.path("origin").path("url").asText()).isEqualTo("https://brain.example.org/api");
        assertThat(json.path("fleet_url").asText()).isEqualTo("https://fleet.example.org");
    }

    @Test
    void onePolicyHasOneText() {
        PolicyJson.Origin origin = new PolicyJson.Origin(FLEET, null, "x-fleet-secret", 300_000, "api.example.org");
        assertThat(PolicyJson.of(policy(), "a", origin, ALL)).isEqualTo(PolicyJson.of(policy(), "a", origin, ALL));
    }
}
