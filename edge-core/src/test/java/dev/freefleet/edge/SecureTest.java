package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What TLS before the edge changes. */
class SecureTest {
    private static TestShell shell(long hstsSeconds, List<String> proxies) {
        RateLimit plenty = new RateLimit(1_000_000, 1_000);
        return new TestShell(new EdgePolicy(
                "test",
                List.of(Policies.open("files", "/**", new CacheRule.Http(1_000))),
                Map.of("default", new EdgePolicy.Plan(plenty, List.of())),
                plenty,
                plenty,
                proxies,
                new EdgePolicy.Cors(Set.of(), 600),
                EdgePolicy.QueryText.OFF,
                hstsSeconds));
    }

    @Test
    void strictTransportSecurityIsSaidOverTlsAlone() {
        TestShell shell = shell(31_536_000, List.of());
        assertThat(shell.send("GET", "/a", "").fields().has("strict-transport-security"))
                .isFalse();
        shell.secure = true;
        assertThat(shell.send("GET", "/a", "").fields().all("strict-transport-security"))
                .containsExactly("max-age=31536000");
        assertThat(shell.send("GET", "/%", "").fields().all("strict-transport-security"))
                .hasSize(1);
    }

    @Test
    void itReplacesWhatTheOriginSays() {
        TestShell shell = shell(60, List.of());
        shell.secure = true;
        shell.origin = request -> shell.answer(200, "", "strict-transport-security", "max-age=1");
        assertThat(shell.send("GET", "/a", "").fields().all("strict-transport-security"))
                .containsExactly("max-age=60");
    }

    @Test
    void theOriginIsToldTheScheme() {
        TestShell shell = shell(0, List.of());
        shell.secure = true;
        assertThat(shell.send("GET", "/a", "").fields().has("strict-transport-security"))
                .isFalse();
        assertThat(shell.asked.getFirst().fields().first("x-forwarded-proto")).isEqualTo("https");
    }

    /** An origin that sends http to https would send whoever came by https in circles. */
    @Test
    void bothSchemesOfATargetNeverShareAnAnswer() {
        TestShell shell = shell(0, List.of("192.0.2.0/24"));
        shell.origin = request -> shell.answer(
                301,
                String.valueOf(request.fields().first("x-forwarded-proto")),
                "location",
                "https://here/a",
                "cache-control",
                "max-age=60");
        assertThat(shell.send("GET", "/a", "", "x-forwarded-proto", "http").text())
                .isEqualTo("http");
        assertThat(shell.send("GET", "/a", "", "x-forwarded-proto", "https").text())
                .isEqualTo("https");
        assertThat(shell.send("GET", "/a", "", "x-forwarded-proto", "http").cacheStatus())
                .contains("hit");
        assertThat(shell.asked).hasSize(2);
    }
}
