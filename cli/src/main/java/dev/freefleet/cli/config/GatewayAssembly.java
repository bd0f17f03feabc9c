package dev.freefleet.cli.config;

import dev.freefleet.gateway.GatewayConfig;
import java.net.URI;

/** Makes the gateway's configuration from the values. */
final class GatewayAssembly {
    private static final URI UNTIL_STARTED = URI.create("http://127.0.0.1");

    private final Values values;

    GatewayAssembly(Values values) {
        this.values = values;
    }

    GatewayConfig config() {
        Integer threads = values.find(Settings.GATEWAY_THREADS);
        return new GatewayConfig(
                new GatewayConfig.Listener(
                        values.get(Settings.GATEWAY_HOST),
                        values.get(Settings.GATEWAY_PORT),
                        values.get(Settings.GATEWAY_CONNECTIONS)),
                new GatewayConfig.RequestLimits(
                        bytes(Settings.GATEWAY_LINE),
                        bytes(Settings.GATEWAY_HEAD),
                        values.get(Settings.GATEWAY_STREAMS)),
                times(),
                origin(),
                new GatewayConfig.Poll(values.get(Settings.BRAIN_HEALTH_PATH), values.get(Settings.BRAIN_HEALTH)),
                values.get(Settings.CACHE_MEMORY),
                values.get(Settings.LIMITS_BUCKETS),
                values.get(Settings.CACHE_COALESCE),
                threads != null ? threads : Runtime.getRuntime().availableProcessors(),
                values.get(Settings.GATEWAY_NATIVE));
    }

    private GatewayConfig.TimeLimits times() {
        return new GatewayConfig.TimeLimits(
                values.get(Settings.GATEWAY_HEAD_TIME),
                values.get(Settings.GATEWAY_BODY_TIME),
                values.get(Settings.GATEWAY_IDLE_TIME),
                values.get(Settings.GATEWAY_WRITE_TIME),
                values.get(Settings.GATEWAY_DRAIN_TIME));
    }

    private GatewayConfig.Origin origin() {
        URI url = values.find(Settings.BRAIN_URL);
        return new GatewayConfig.Origin(
                url != null ? url : UNTIL_STARTED,
                values.get(Settings.ORIGIN_CONCURRENT),
                values.get(Settings.ORIGIN_QUEUE),
                values.get(Settings.ORIGIN_CONNECT),
                values.get(Settings.ORIGIN_IDLE),
                values.get(Settings.ORIGIN_STALL),
                bytes(Settings.ORIGIN_HEAD),
                values.get(Settings.ORIGIN_BODY));
    }

    private int bytes(Setting<Long> setting) {
        return Math.toIntExact(values.get(setting));
    }
}
