package dev.freefleet.cli.config;

import dev.freefleet.cli.datadir.SelfSigned;
import dev.freefleet.gateway.GatewayConfig;
import dev.freefleet.gateway.Tls;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes the gateway's configuration from the values. */
final class GatewayAssembly {
    private final Path data;
    private final Values values;

    /** @param data the data directory, absolute */
    GatewayAssembly(Path data, Values values) {
        this.data = data;
        this.values = values;
    }

    GatewayConfig config() {
        Integer threads = values.find(Settings.GATEWAY_THREADS);
        return new GatewayConfig(
                new GatewayConfig.Listener(
                        values.get(Settings.GATEWAY_HOST),
                        values.get(Settings.GATEWAY_PORT),
                        values.get(Settings.GATEWAY_CONNECTIONS),
                        tls()),
                new GatewayConfig.RequestLimits(
                        bytes(Settings.GATEWAY_LINE),
                        bytes(Settings.GATEWAY_HEAD),
                        values.get(Settings.GATEWAY_STREAMS),
                        values.get(Settings.GATEWAY_TUNNELS),
                        values.get(Settings.GATEWAY_CONTENT)),
                times(),
                new OriginAssembly(values).origin(),
                new GatewayConfig.Poll(values.get(Settings.BRAIN_HEALTH_PATH), values.get(Settings.BRAIN_HEALTH)),
                values.get(Settings.CACHE_MEMORY),
                values.get(Settings.LIMITS_BUCKETS),
                values.get(Settings.CACHE_COALESCE),
                threads != null ? threads : Runtime.getRuntime().availableProcessors(),
                values.get(Settings.GATEWAY_TRANSPORT));
    }

    private GatewayConfig.TimeLimits times() {
        return new GatewayConfig.TimeLimits(
                values.get(Settings.GATEWAY_HEAD_TIME),
                values.get(Settings.GATEWAY_BODY_TIME),
                values.get(Settings.GATEWAY_IDLE_TIME),
                values.get(Settings.GATEWAY_WRITE_TIME),
                values.get(Settings.GATEWAY_DRAIN_TIME),
                values.get(Settings.GATEWAY_TUNNEL_TIME));
    }

    /** TLS with the files that are named, or with those that the fleet makes for itself in its data directory. */
    private @Nullable Tls tls() {
        Path certificate = values.find(Settings.TLS_CERT);
        Path key = values.find(Settings.TLS_KEY);
        if (values.get(Settings.TLS_SELF_SIGNED)) {
            certificate = SelfSigned.certificate(data);
            key = SelfSigned.key(data);
        }
        return certificate == null || key == null
                ? null
                : new Tls(
                        certificate,
                        key,
                        values.get(Settings.TLS_HANDSHAKE_TIME),
                        values.get(Settings.TLS_HANDSHAKES),
                        values.get(Settings.TLS_RELOAD));
    }

    private int bytes(Setting<Long> setting) {
        return Math.toIntExact(values.get(setting));
    }
}
