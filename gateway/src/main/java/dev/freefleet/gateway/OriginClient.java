package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.OriginRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The client of the one origin. A call uses connections of its own event loop, so that an exchange never changes
 * threads; the bound on requests at once, and what is known of the origin's failures, span all loops.
 */
final class OriginClient {
    private static final int MAX_IDLE_PER_LOOP = 128;

    private final GatewayConfig.Origin config;
    private final GatewayMetrics metrics;
    private final OriginGate gate;
    private final OriginGuard guard;
    private final @Nullable WaitingRoom room;
    private final OriginDialer dialer;
    private final String basePath;
    private final byte[] hostLine;

    /**
     * A client without connections.
     *
     * @throws GatewayException if a certificate or a key that the configuration names cannot be read
     */
    OriginClient(GatewayConfig config, Loops loops, Sources sources, GatewayMetrics metrics) {
        this.config = config.origin();
        this.metrics = metrics;
        Resilience resilience = this.config.resilience();
        this.gate = new OriginGate(this.config.maxConcurrent(), this.config.maxQueued());
        this.guard = new OriginGuard(resilience, config.poll().every(), sources);
        Resilience.Waking waking = resilience.waking();
        this.room = waking == null ? null : new WaitingRoom(waking, sources.nanos(), metrics);
        URI url = this.config.url();
        boolean secure = "https".equals(url.getScheme());
        this.dialer = new OriginDialer(this, loops, secure ? this.config.trust().context() : null);
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        this.basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        this.hostLine = ("host: " + url.getRawAuthority() + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    GatewayConfig.Origin config() {
        return config;
    }

    GatewayMetrics metrics() {
        return metrics;
    }

    OriginGate gate() {
        return gate;
    }

    OriginGuard guard() {
        return guard;
    }

    /** Where requests wait for an origin that sleeps; null where none does. */
    @Nullable
    WaitingRoom room() {
        return room;
    }

    OriginDialer dialer() {
        return dialer;
    }

    /** The target of a request behind the path that the origin's URL has. */
    String target(String target) {
        return basePath.isEmpty() ? target : basePath + target;
    }

    /** The fields with what the origin wants to see of the gateway, and without what only the gateway may say. */
    Fields keyed(OriginRequest request) {
        String key = config.key();
        String header = config.trust().secretHeader();
        String secret = config.trust().secret();
        Fields fields = request.fieldsWithout(header);
        if (key == null && secret == null) {
            return fields;
        }
        Fields.Builder all = fields.toBuilder();
        if (key != null) {
            all.set("x-api-key", key);
        }
        if (secret != null) {
            all.add(header, secret);
        }
        return all.build();
    }

    byte[] hostLine() {
        return hostLine;
    }

    /** Keeps a connection for the next call of its loop. */
    void keep(Loop loop, OriginConnection connection) {
        if (loop.idle.size() >= MAX_IDLE_PER_LOOP) {
            loop.idle.removeFirst().close();
        }
        loop.idle.addLast(connection);
    }
}
