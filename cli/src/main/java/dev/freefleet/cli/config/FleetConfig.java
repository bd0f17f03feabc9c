package dev.freefleet.cli.config;

import dev.freefleet.edge.EdgePolicy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, checked. What each member means stands in the table of settings and in
 * {@code docs/configuration.md}.
 *
 * @param data the data directory, absolute
 * @param policy what the edge decides by
 */
public record FleetConfig(
        Path data,
        Listener gateway,
        Listener admin,
        Brain brain,
        Origin origin,
        long cacheBytes,
        EdgePolicy policy,
        Database database,
        Log log) {
    public FleetConfig {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(gateway, "gateway");
        Objects.requireNonNull(admin, "admin");
        Objects.requireNonNull(brain, "brain");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(database, "database");
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
        /** How often its health is asked. */
        Duration healthInterval();

        /** What it wants in {@code X-API-Key}, or null. */
        @Nullable
        String key();

        /** Somebody's own, at this URL. */
        record External(URI url, @Nullable String key, Duration healthInterval) implements Brain {
            /** Without the key. */
            @Override
            public String toString() {
                return "External[" + url + "]";
            }
        }

        /** The reference Brain, run by the fleet, on these folders and files. */
        record Reference(
                List<Path> docs, int port, @Nullable String key, Duration healthInterval) implements Brain {
            public Reference {
                docs = List.copyOf(docs);
            }

            /** Without the key. */
            @Override
            public String toString() {
                return "Reference" + docs;
            }
        }
    }

    /** How the gateway reaches the Brain. */
    public record Origin(Duration connectTimeout, int connections) {}

    /** Which PostgreSQL keeps users, keys and usage. */
    public sealed interface Database {
        /** Connections at the most. */
        int pool();

        /** One that runs already. The password is "" where none is given. */
        record External(String url, String user, String password, int pool) implements Database {
            /** Without the password. */
            @Override
            public String toString() {
                return "External[" + url + "]";
            }
        }

        /** One in the data directory, run by the fleet. */
        record Embedded(int port, int pool) implements Database {}
    }

    /** What is logged, and how. */
    public record Log(LogLevel level, LogFormat format) {}
}
