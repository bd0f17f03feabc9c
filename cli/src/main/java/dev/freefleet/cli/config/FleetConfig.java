package dev.freefleet.cli.config;

import dev.freefleet.data.IngestConfig;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.gateway.GatewayConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The whole configuration, checked. What each member means stands in the table of settings and in
 * {@code docs/configuration.md}.
 *
 * @param data the data directory, absolute
 * @param gateway the gateway; the URL of its origin is the external Brain's, and means nothing where the Brain is the
 *     reference one, which tells its address when it is started
 * @param policy what the edge decides by
 */
public record FleetConfig(
        Path data,
        GatewayConfig gateway,
        EdgePolicy policy,
        Listener admin,
        Brain brain,
        Database database,
        IngestConfig usage,
        Log log) {
    public FleetConfig {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(gateway, "gateway");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(admin, "admin");
        Objects.requireNonNull(brain, "brain");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(log, "log");
    }

    /** Where a server listens; port 0 is any free one. */
    public record Listener(String host, int port) {
        public Listener {
            Objects.requireNonNull(host, "host");
        }
    }

    /** Which Brain stands behind the gateway. */
    public sealed interface Brain {
        /** Somebody's own, at this URL. */
        record External(URI url) implements Brain {}

        /** The reference Brain, run by the fleet, on these folders and files. Port 0 is any free one. */
        record Reference(List<Path> docs, int port) implements Brain {
            public Reference {
                docs = List.copyOf(docs);
            }
        }
    }

    /** Which PostgreSQL keeps users, keys and usage. */
    public sealed interface Database {
        /** Connections at the most. */
        int pool();

        /** How long a query waits for one. */
        Duration timeout();

        /** One that runs already. The password is "" where none is given. */
        record External(String url, String user, String password, int pool, Duration timeout) implements Database {
            /** Without the password. */
            @Override
            public String toString() {
                return "External[" + url + "]";
            }
        }

        /** One in the data directory, run by the fleet. */
        record Embedded(int port, int pool, Duration timeout) implements Database {}
    }

    /** What is logged, and how. */
    public record Log(LogLevel level, LogFormat format) {}
}
