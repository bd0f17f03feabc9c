package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.testkit.RawClient;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key that the Brain itself wants. */
class OriginKeyTest {

    @Test
    void theOriginSeesItsOwnKeyAndNeverTheClients() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>("");
        try (TestGateway fleet = TestGateway.start(
                exchange -> {
                    seen.set(exchange.head().count("x-api-key") + " "
                            + exchange.head().field("x-api-key"));
                    exchange.json("{}");
                },
                config -> config.with(config.origin().withKey("the-brains-own")))) {
            assertThat(fleet.query("{\"query\":\"who asks?\"}").statusCode()).isEqualTo(200);
            assertThat(seen.get()).isEqualTo("1 the-brains-own");
        }
    }

    /** Hop-by-hop abuse: a client names the field in Connection, with a key of its own and without one. */
    @ParameterizedTest
    @ValueSource(strings = {"/query?q=who", "/open/x", "/site/page"})
    void aClientCannotTakeTheOriginsKeyAway(String target) throws Exception {
        try (TestGateway fleet = TestGateway.start(
                exchange -> exchange.json("{}"),
                config -> config.with(config.origin().withKey("the-brains-own")))) {
            for (String named : List.of("X-API-Key", "keep-alive, x-api-key", "X-API-KEY, Host")) {
                int before = fleet.origin.requests();
                try (RawClient client = fleet.raw()) {
                    client.send("GET " + target + before + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + fleet.key
                            + "\r\nConnection: " + named + "\r\n\r\n");
                    assertThat(client.answer().status()).isEqualTo(200);
                }
                assertThat(fleet.origin.exchanges()).hasSize(before + 1).last().satisfies(exchange -> {
                    assertThat(exchange.head().count("x-api-key")).isEqualTo(1);
                    assertThat(exchange.head().field("x-api-key")).isEqualTo("the-brains-own");
                });
            }
        }
    }

    @Test
    void anOriginThatWantsNoneSeesNone() throws Exception {
        AtomicReference<String> seen = new AtomicReference<>("not asked");
        try (TestGateway fleet = TestGateway.start(exchange -> {
            seen.set(exchange.head().count("x-api-key") + " " + exchange.head().field("x-api-key"));
            exchange.json("{}");
        })) {
            assertThat(fleet.query("{\"query\":\"who asks?\"}").statusCode()).isEqualTo(200);
            assertThat(seen.get()).isEqualTo("0 null");
        }
    }

    @Test
    void itIsNotToldWithTheConfiguration() {
        GatewayConfig.Origin origin =
                GatewayConfig.Origin.of(URI.create("http://127.0.0.1:1")).withKey("the-brains-own");
        assertThat(origin.toString()).doesNotContain("the-brains-own");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "line\r\nx-admin: 1", "ümlaut"})
    void aKeyThatNoFieldCanCarryIsRefused(String key) {
        GatewayConfig.Origin origin = GatewayConfig.Origin.of(URI.create("http://127.0.0.1:1"));
        assertThatThrownBy(() -> origin.withKey(key)).isInstanceOf(IllegalArgumentException.class);
    }
}
