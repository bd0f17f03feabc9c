package dev.freefleet.cli.config;

import dev.freefleet.edgesync.FleetEdges;
import dev.freefleet.edgesync.KvKeeper;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says of edges elsewhere.
 *
 * @param sync how they are answered
 * @param keeper how much of Workers KV is used
 * @param worker the one at Cloudflare
 * @param cloudflare how Cloudflare is reached
 */
public record EdgeConfig(FleetEdges.Config sync, KvKeeper.Config keeper, Worker worker, Cloudflare cloudflare) {
    public EdgeConfig {
        Objects.requireNonNull(sync, "sync");
        Objects.requireNonNull(keeper, "keeper");
        Objects.requireNonNull(worker, "worker");
        Objects.requireNonNull(cloudflare, "cloudflare");
    }

    /**
     * The Worker.
     *
     * @param name at Cloudflare
     * @param node its name in usage
     * @param domain where it is reached, or null where none is said
     * @param fleet where it reaches the gateway, or null where none is said
     * @param brain where it asks the Brain past the gateway, or null: it asks the gateway
     * @param brainKey what that Brain wants in {@code X-API-Key}, or null
     * @param secretHeader the field in which that Brain is shown the secret
     * @param secret the secret, or null
     */
    public record Worker(
            String name,
            String node,
            @Nullable String domain,
            @Nullable URI fleet,
            @Nullable URI brain,
            @Nullable String brainKey,
            String secretHeader,
            @Nullable String secret) {
        /** Without the secrets. */
        @Override
        public String toString() {
            return "Worker[" + name + "]";
        }
    }

    /**
     * Cloudflare.
     *
     * @param api its API, without a slash at the end
     * @param account the account's id, or null
     * @param namespace the id of the KV namespace, or null: the one that {@code edge init} made
     * @param token the API token, or null
     */
    public record Cloudflare(
            URI api,
            @Nullable String account,
            @Nullable String namespace,
            @Nullable String token) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Cloudflare[" + api + "]";
        }
    }
}
