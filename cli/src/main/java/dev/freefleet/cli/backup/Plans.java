package dev.freefleet.cli.backup;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.HttpSnapshot;
import dev.freefleet.backup.Source;
import dev.freefleet.cli.brain.ReferenceBrain;
import dev.freefleet.cli.config.BackupConfig;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataExport;
import dev.freefleet.data.SpoolCopy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to be backed up, each opened when its turn comes. */
final class Plans {
    /** Usage that went out of the database, in files of its own; a source by this name where there is any. */
    static final String ARCHIVE = "archive";

    /** Usage that waits for the database; a source by this name where there is a spool. */
    static final String SPOOL = "spool";

    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final FleetConfig config;
    private final FleetState fleet;
    private final @Nullable Path configFile;
    private final Clock clock;

    Plans(FleetConfig config, FleetState fleet, @Nullable Path configFile, Clock clock) {
        this.config = config;
        this.fleet = fleet;
        this.configFile = configFile;
        this.clock = clock;
    }

    /** A source that is open; closing it lets go of what it was read from. */
    record Opened(Source source, long bytes, AutoCloseable held) implements AutoCloseable {
        @Override
        public void close() {
            try {
                held.close();
            } catch (Exception e) {
                throw new BackupException(Reason.SOURCE_FAILED, null, "The source did not close: " + e.getMessage(), e);
            }
        }
    }

    /** Opens a source. It throws, in a sentence, what keeps it from being read. */
    interface Opener {
        Opened open() throws IOException;
    }

    /**
     * A source by its name.
     *
     * @param opener null where there is nothing to be backed up
     * @param nothing why, in a sentence; empty otherwise
     */
    record Plan(String name, @Nullable Opener opener, String nothing) {}

    /** All that are configured. */
    List<Plan> all() {
        List<Plan> plans = new ArrayList<>();
        Path spool = config.data().resolve(SPOOL);
        for (BackupConfig.Part part : BackupConfig.Part.values()) {
            if (config.backup().parts().contains(part)) {
                if (part == BackupConfig.Part.DATA && SpoolCopy.isThere(spool)) {
                    // Before the database: what leaves the spool in between has arrived there.
                    plans.add(spool(spool));
                }
                plans.add(
                        switch (part) {
                            case BRAIN -> brain(name(part));
                            case DATA -> data(name(part));
                            case FLEET -> fleet(name(part));
                        });
            }
        }
        // What is in a bucket is not lost with this machine.
        if (config.upkeep().archive() instanceof FleetConfig.Archive.Folder archive
                && config.backup().parts().contains(BackupConfig.Part.DATA)
                && Files.isDirectory(archive.path())) {
            plans.add(new Plan(ARCHIVE, () -> folder(ARCHIVE, archive.path(), List.of()), ""));
        }
        for (Path folder : config.backup().folders()) {
            plans.add(new Plan(
                    folder.toString(),
                    () -> folder(folder.toString(), folder, config.backup().exclude()),
                    ""));
        }
        return plans;
    }

    static String name(BackupConfig.Part part) {
        return part.name().toLowerCase(Locale.ROOT);
    }

    private Plan brain(String name) {
        URI url = config.backup().brain().url();
        if (url != null) {
            String key = config.backup().brain().key();
            return new Plan(name, () -> snapshot(name, url, key, () -> {}), "");
        }
        return switch (fleet) {
            case FleetState.Running running ->
                new Plan(name, () -> snapshot(name, snapshotOf(running.run().brain()), ownKey(), () -> {}), "");
            case FleetState.Stopped stopped ->
                Files.isDirectory(stopped.directory().brain())
                        ? new Plan(name, () -> ownBrain(name, stopped.directory()), "")
                        : nothing(name, "the reference Brain has no index yet");
            case FleetState.Absent absent -> nothing(name, "there is no data directory " + config.data());
        };
    }

    private static URI snapshotOf(URI brain) {
        return brain.resolve("/admin/snapshot");
    }

    private String ownKey() throws IOException {
        return Files.readString(config.data().resolve("brain-admin-key")).strip();
    }

    private Opened ownBrain(String name, DataDirectory directory) throws IOException {
        ReferenceBrain brain = new ReferenceBrain(directory, clock);
        try {
            return snapshot(name, snapshotOf(brain.serve("127.0.0.1", 0)), ownKey(), brain);
        } catch (IOException | RuntimeException e) {
            brain.close();
            throw e;
        }
    }

    private Opened snapshot(String name, URI url, @Nullable String key, AutoCloseable held) {
        HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
        try {
            Source.Stream source = HttpSnapshot.request(
                    client,
                    name,
                    url,
                    key == null ? Map.of() : Map.of("X-Admin-Key", key),
                    config.backup().brain().answerWithin());
            return new Opened(source, source.length(), () -> {
                client.shutdownNow();
                held.close();
            });
        } catch (RuntimeException e) {
            client.shutdownNow();
            throw e;
        }
    }

    private Plan data(String name) {
        boolean embedded = config.database() instanceof FleetConfig.Database.Embedded;
        if (embedded && !Files.isDirectory(config.data().resolve("postgres"))) {
            return nothing(name, "there is no database in " + config.data());
        }
        return new Plan(
                name,
                () -> {
                    DataExport export = DataExport.open(database(config, config.data()));
                    return new Opened(new Source.Stream(name, export::stream, -1, null, true), -1, export);
                },
                "");
    }

    private static Plan spool(Path spool) {
        return new Plan(
                SPOOL,
                () -> new Opened(new Source.Stream(SPOOL, () -> SpoolCopy.stream(spool), -1, null, true), -1, () -> {}),
                "");
    }

    /** The configured database; an embedded one in this data directory. */
    static DataConfig.Database database(FleetConfig config, Path data) {
        return switch (config.database()) {
            case FleetConfig.Database.Embedded embedded ->
                DataConfig.embedded(data.resolve("postgres")).database();
            case FleetConfig.Database.External external -> new DataConfig.External(external.url(), external.roles());
        };
    }

    private Plan fleet(String name) {
        if (fleet instanceof FleetState.Absent) {
            return nothing(name, "there is no data directory " + config.data());
        }
        return new Plan(
                name,
                () -> {
                    byte[] tar = new FleetFiles(config.data(), configFile, FleetFiles.named(config)).tar();
                    return new Opened(
                            new Source.Stream(name, () -> new ByteArrayInputStream(tar), tar.length, null, true),
                            tar.length,
                            () -> {});
                },
                "");
    }

    private static Opened folder(String name, Path folder, List<String> exclude) {
        return new Opened(new Source.Folder(name, folder, exclude, false), -1, () -> {});
    }

    private static Plan nothing(String name, String why) {
        return new Plan(name, null, why);
    }
}
