package dev.freefleet.cli.config;

import dev.freefleet.edge.CircuitBreaker;
import dev.freefleet.gateway.GatewayConfig;
import dev.freefleet.gateway.GatewayException;
import dev.freefleet.gateway.OriginTrust;
import dev.freefleet.gateway.Resilience;
import java.net.URI;
import java.util.List;

/** Makes what the gateway needs to know of its origin from the values, and checks what they say together. */
final class OriginAssembly {
    private static final URI UNTIL_STARTED = URI.create("http://127.0.0.1");
    private static final List<Setting<?>> CERTIFICATES =
            List.of(Settings.ORIGIN_CA, Settings.ORIGIN_CLIENT_CERT, Settings.ORIGIN_CLIENT_KEY);

    private final Values values;

    OriginAssembly(Values values) {
        this.values = values;
    }

    GatewayConfig.Origin origin() {
        URI url = values.find(Settings.BRAIN_URL);
        return new GatewayConfig.Origin(
                url != null ? url : UNTIL_STARTED,
                values.get(Settings.ORIGIN_CONCURRENT),
                values.get(Settings.ORIGIN_QUEUE),
                values.get(Settings.ORIGIN_CONNECT),
                values.get(Settings.ORIGIN_IDLE),
                values.get(Settings.ORIGIN_STALL),
                Math.toIntExact(values.get(Settings.ORIGIN_HEAD)),
                values.get(Settings.ORIGIN_BODY),
                values.find(Settings.BRAIN_KEY),
                resilience(),
                trust());
    }

    private Resilience resilience() {
        return new Resilience(
                new CircuitBreaker.Rule(
                        values.get(Settings.ORIGIN_BREAKER_FAILURES),
                        values.get(Settings.ORIGIN_BREAKER_SHARE),
                        values.get(Settings.ORIGIN_BREAKER_WINDOW).toNanos(),
                        values.get(Settings.ORIGIN_BREAKER_COOL_DOWN).toNanos(),
                        values.get(Settings.ORIGIN_BREAKER_MAX_COOL_DOWN).toNanos(),
                        values.get(Settings.ORIGIN_BREAKER_PROBES),
                        values.get(Settings.ORIGIN_BREAKER_SUCCESSES)),
                values.get(Settings.ORIGIN_HEALTH_FAILURES),
                values.get(Settings.ORIGIN_HEALTH_SUCCESSES),
                values.get(Settings.ORIGIN_RETRY_BUDGET),
                values.get(Settings.ORIGIN_RETRY_MINIMUM),
                values.get(Settings.ORIGIN_QUEUE_WAIT),
                values.get(Settings.ORIGIN_WAKE_UP)
                        ? new Resilience.Waking(
                                values.get(Settings.ORIGIN_WAKE_UP_PATIENCE),
                                values.get(Settings.ORIGIN_WAKE_UP_WAITING),
                                values.find(Settings.ORIGIN_WAKE_UP_CALL),
                                values.get(Settings.ORIGIN_WAKE_UP_METHOD).name())
                        : null);
    }

    private OriginTrust trust() {
        return new OriginTrust(
                values.find(Settings.ORIGIN_CA),
                values.find(Settings.ORIGIN_CLIENT_CERT),
                values.find(Settings.ORIGIN_CLIENT_KEY),
                values.get(Settings.ORIGIN_SECRET_HEADER),
                values.find(Settings.ORIGIN_SECRET));
    }

    /** Notes what is wrong between values. */
    void check() {
        if (values.get(Settings.ORIGIN_BREAKER_MAX_COOL_DOWN).compareTo(values.get(Settings.ORIGIN_BREAKER_COOL_DOWN))
                < 0) {
            if (values.source(Settings.ORIGIN_BREAKER_MAX_COOL_DOWN) instanceof Source.Standard) {
                problem(Settings.ORIGIN_BREAKER_COOL_DOWN, "is longer than origin.breaker.max-cool-down");
            } else {
                problem(Settings.ORIGIN_BREAKER_MAX_COOL_DOWN, "is shorter than origin.breaker.cool-down");
            }
        }
        if (!values.get(Settings.ORIGIN_WAKE_UP) && values.find(Settings.ORIGIN_WAKE_UP_CALL) != null) {
            problem(Settings.ORIGIN_WAKE_UP_CALL, "does nothing unless origin.wake-up.enabled is true");
        }
        checkTrust();
    }

    private void checkTrust() {
        URI url = values.find(Settings.BRAIN_URL);
        if (url == null && values.find(Settings.ORIGIN_SECRET) != null) {
            problem(Settings.ORIGIN_SECRET, "is for a Brain behind brain.url, which is missing");
        }
        boolean secure = url != null && "https".equals(url.getScheme());
        List<Setting<?>> given = CERTIFICATES.stream()
                .filter(setting -> values.find(setting) != null)
                .toList();
        if (!secure) {
            given.forEach(setting -> problem(setting, "is for a brain.url that begins with https://"));
        } else if ((values.find(Settings.ORIGIN_CLIENT_CERT) == null)
                != (values.find(Settings.ORIGIN_CLIENT_KEY) == null)) {
            problem(given.getLast(), "needs the other of origin.client-cert and origin.client-key");
        } else if (!given.isEmpty()) {
            try {
                trust().check();
            } catch (GatewayException e) {
                problem(given.getFirst(), String.valueOf(e.getMessage()));
            }
        }
    }

    private void problem(Setting<?> setting, String text) {
        values.problem(values.source(setting), setting.path(), text);
    }
}
