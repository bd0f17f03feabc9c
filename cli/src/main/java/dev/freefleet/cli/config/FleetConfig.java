package dev.freefleet.cli.config;

import dev.freefleet.backup.store.S3Settings;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.IngestConfig;
import dev.freefleet.data.Redaction;
import dev.freefleet.data.archive.Archives;
import dev.freefleet.data.jobs.Schedule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.gateway.GatewayConfig;
import dev.freefleet.gateway.RedisConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, checked. What each member means stands in the table of settings and in
 * {@code docs/configuration.md}.
 *
 * @param data the data directory, absolute
 * @param gateway the gateway; the URL of its origin is the external Brain's, and means nothing where the Brain is the
 *     reference one, which tells its address when it is started
 * @param policy what the edge decides by
 * @param questions what usage records keep of questions
 * @param cacheDiskBytes bound of the answers that are kept on disk; 0: none
 * @param backup how backups are made
 * @param selfSigned whether the gateway's certificate is one of the fleet's own making, made where it is missing
 * @param edge what edges that run elsewhere are told, and how they are deployed
 * @param redis what this gateway shares with others, or null
 */
public record FleetConfig(
        Path data,
        GatewayConfig gateway,
        EdgePolicy policy,
        Listener admin,
        Brain brain,
        Database database,
        IngestConfig usage,
        Questions questions,
        Upkeep upkeep,
        Log log,
        long cacheDiskBytes,
        boolean selfSigned,
        EdgeConfig edge,
        BackupConfig backup,
        @Nullable RedisConfig redis) {
    public FleetConfig {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(gateway, "gateway");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(admin, "admin");
        Objects.requireNonNull(brain, "brain");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(usage, "usage");
        Objects.requireNonNull(questions, "questions");
        Objects.requireNonNull(upkeep, "upkeep");
        Objects.requireNonNull(log, "log");
        Objects.requireNonNull(edge, "edge");
        Objects.requireNonNull(backup, "backup");
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

        /** One that runs already. A password is "" where none is given. */
        record External(String url, DataConfig.Roles roles, int pool, Duration timeout) implements Database {
            /** Without the password. */
            @Override
            public String toString() {
                return "External[" + url + "]";
            }
        }

        /** One in the data directory, run by the fleet. */
        record Embedded(int port, int pool, Duration timeout) implements Database {}
    }

    /**
     * What usage records keep of questions.
     *
     * @param routes of single routes, where that is less than the policy of the edge keeps
     * @param redaction what is taken out of them
     */
    public record Questions(Map<String, EdgePolicy.QueryText> routes, Redaction redaction) {
        public Questions {
            routes = Map.copyOf(routes);
            Objects.requireNonNull(redaction, "redaction");
        }
    }

    /**
     * What the fleet does on a schedule.
     *
     * @param zone whose calendar the schedules mean
     * @param schedules by the names of the jobs
     * @param retention what stays in the database
     * @param archive where what does not is kept
     */
    public record Upkeep(ZoneId zone, Map<String, Schedule> schedules, Archives.Policy retention, Archive archive) {
        public Upkeep {
            Objects.requireNonNull(zone, "zone");
            schedules = Map.copyOf(schedules);
            Objects.requireNonNull(retention, "retention");
            Objects.requireNonNull(archive, "archive");
        }
    }

    /** Where usage is kept that is not in the database any more. */
    public sealed interface Archive {
        /** An absolute one. */
        record Folder(Path path) implements Archive {}

        /** One that speaks the S3 API; its budget of requests is for a day. */
        record Bucket(S3Settings settings) implements Archive {}
    }

    /** What is logged, and how. */
    public record Log(LogLevel level, LogFormat format) {}
}
