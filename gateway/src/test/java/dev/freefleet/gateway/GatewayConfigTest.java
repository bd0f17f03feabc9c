package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayConfigTest {
    private final GatewayConfig config = GatewayConfig.of("127.0.0.1", 8080, URI.create("http://127.0.0.1:9000/base"));

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        assertThat(config.listener()).isEqualTo(new GatewayConfig.Listener("127.0.0.1", 8080, 10_000));
        assertThat(config.requests()).isEqualTo(new GatewayConfig.RequestLimits(8_192, 32_768, 100));
        assertThat(config.times())
                .isEqualTo(new GatewayConfig.TimeLimits(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(75),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(8)));
        assertThat(config.origin().maxConcurrent()).isEqualTo(64);
        assertThat(config.origin().maxQueued()).isEqualTo(1_024);
        assertThat(config.origin().connect()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.cacheBytes()).isEqualTo(64 << 20);
        assertThat(config.coalesceWait()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.poll()).isEqualTo(new GatewayConfig.Poll("/health", Duration.ofSeconds(5)));
        assertThat(config.transport()).isEqualTo(Transport.AUTO);
    }

    @Test
    void originsThatCannotBeReachedAreRefused() {
        for (String url :
                List.of("ftp://a", "http:///x", "http://u:p@a/", "http://a/?q", "http://a/#f", "a:1", "https:x")) {
            assertThatThrownBy(() -> GatewayConfig.Origin.of(URI.create(url)))
                    .as(url)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must look like");
        }
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        assertThatThrownBy(() -> config.withCacheBytes(1)).hasMessageStartingWith("cacheBytes must be");
        assertThatThrownBy(() -> config.withThreads(0)).hasMessageStartingWith("threads must be");
        assertThatThrownBy(() -> config.withCoalesceWait(Duration.ofSeconds(-1)))
                .hasMessageStartingWith("coalesceWait must be");
        assertThatThrownBy(() -> new GatewayConfig.Listener("h", 70_000, 1)).hasMessageStartingWith("port must be");
        assertThatThrownBy(() -> new GatewayConfig.RequestLimits(1, 32_768, 1)).hasMessageStartingWith("maxLineBytes");
        assertThatThrownBy(() -> new GatewayConfig.Poll("health", Duration.ZERO))
                .hasMessageContaining("\"/\"");
    }
}
