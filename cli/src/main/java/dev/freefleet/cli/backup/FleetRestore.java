package dev.freefleet.cli.backup;

import dev.freefleet.backup.Problem;
import dev.freefleet.backup.RestoreResult;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.BackupConfig.Part;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.DataDirectoryException;
import dev.freefleet.data.DataException;
import dev.freefleet.data.DataImport;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings a whole fleet back: its own files, the Brain's index, the data plane, put together in a folder beside the target and moved there
 * as one. The database that was backed up is not needed, nor that any runs.
 */
final class FleetRestore {
    private final Surroundings surroundings;
    private final Setup setup;
    private final FleetConfig config;
    private final Stores.Open open;
    private final @Nullable String host;
    private final List<String> notes = new ArrayList<>();
    private final List<Problem> lost = new ArrayList<>();

    FleetRestore(Surroundings surroundings, Setup setup, Stores.Open open, @Nullable String host) {
        this.surroundings = surroundings;
        this.setup = setup;
        this.config = setup.config(surroundings);
        this.open = open;
        this.host = host;
    }

    /**
     * What came back.
     *
     * @param from the snapshot of each part that there was one of
     * @param notes what its owner should know, a sentence each
     * @param lost what was damaged
     * @param aside where the original was moved; null where there was none
     */
    record Result(
            Path target,
            Map<Part, StoredSnapshot> from,
            List<String> notes,
            List<Problem> lost,
            @Nullable Path aside) {}

    /** @param aside where what stands in the target's place is moved at the end; null: nothing stands there */
    Result run(Path target, @Nullable Path aside) throws IOException {
        Map<Part, StoredSnapshot> from = newest();
        if (!from.containsKey(Part.FLEET)) {
            throw new CommandException("There is no snapshot of a fleet's own files in "
                    + open.store().describe()
                    + (host == null ? "" : " made on host " + host)
                    + "; ./fleet backup list tells what there is, and ./fleet backup restore SNAPSHOT restores one.");
        }
        try (WorkFolder work = WorkFolder.beside(target)) {
            Path fleet = work.resolve("fleet");
            files(from.get(Part.FLEET), fleet);
            Path data = fleet.resolve("data");
            Files.createDirectories(data);
            WorkFolder.makePrivate(fleet);
            StoredSnapshot brain = from.get(Part.BRAIN);
            if (brain != null) {
                brain(brain, data);
            }
            StoredSnapshot plane = from.get(Part.DATA);
            boolean imported = true;
            if (plane != null) {
                imported = plane(plane, work.resolve("data.tar"), data);
            } else {
                notes.add("There is no snapshot of the data plane: users, keys' states and usage are not restored.");
            }
            spool(data, imported);
            archive(data);
            keepConfig(fleet, data);
            if (aside != null) {
                moveAside(target, aside);
            }
            try {
                WorkFolder.moveInto(data, target);
            } catch (CommandException taken) {
                throw aside == null
                        ? taken
                        : new CommandException(
                                taken.getMessage() + " What was there before is in " + aside + ".", taken);
            }
            return new Result(target, from, List.copyOf(notes), List.copyOf(lost), aside);
        }
    }

    /** A fleet that was started while the restore ran keeps its directory, and none can be until it is away. */
    static void moveAside(Path target, Path aside) throws IOException {
        try (DataDirectory.Held _ = stopped(target)) {
            Files.move(target, aside);
        }
    }

    /** @throws CommandException if a fleet runs there */
    static DataDirectory.Held stopped(Path data) throws IOException {
        try {
            return DataDirectory.hold(data);
        } catch (DataDirectoryException inUse) {
            throw new CommandException(
                    "A fleet runs on " + data + "; stop it first, or leave --over out and restore beside it.", inUse);
        }
    }

    private Map<Part, StoredSnapshot> newest() {
        Map<Part, StoredSnapshot> newest = new EnumMap<>(Part.class);
        List<String> hosts = new ArrayList<>();
        for (StoredSnapshot s : open.repository().list()) {
            if (host != null && !host.equals(s.snapshot().host())) {
                continue;
            }
            for (Part part : Part.values()) {
                if (Plans.name(part).equals(s.snapshot().source())) {
                    newest.put(part, s);
                    if (part == Part.FLEET && !hosts.contains(s.snapshot().host())) {
                        hosts.add(s.snapshot().host());
                    }
                }
            }
        }
        if (hosts.size() > 1) {
            throw new CommandException("The repository holds fleets of " + hosts.size() + " hosts ("
                    + String.join(", ", hosts) + "); say which one with --host.");
        }
        return newest;
    }

    /** Usage that waited for the database. Two fleets must not deliver it into one that is alive. */
    private void spool(Path data, boolean imported) throws IOException {
        StoredSnapshot snapshot = newest(Plans.SPOOL);
        if (snapshot == null) {
            return;
        }
        Path place = data.resolve(imported ? Plans.SPOOL : "restored-spool");
        restoreInto(snapshot, place);
        WorkFolder.makePrivate(place);
        if (!imported) {
            notes.add(
                    "Usage that waited for the database is in the folder restored-spool of the data directory. Once the"
                            + " database is there, and if the fleet that it came from is gone, rename it to spool before the first start.");
        }
    }

    /** Usage that had left the database before the backup. */
    private void archive(Path data) throws IOException {
        StoredSnapshot snapshot = newest(Plans.ARCHIVE);
        if (snapshot == null) {
            return;
        }
        Path usual = config.data().resolve(Plans.ARCHIVE);
        boolean elsewhere = !(config.upkeep().archive() instanceof FleetConfig.Archive.Folder folder
                && folder.path().equals(usual));
        restoreInto(snapshot, data.resolve(elsewhere ? "restored-archive" : Plans.ARCHIVE));
        if (elsewhere) {
            notes.add(
                    "Archived usage is in the folder restored-archive of the data directory; where the configured place"
                            + " for archives lacks files of it, copy them there with their names.");
        }
    }

    private @Nullable StoredSnapshot newest(String source) {
        StoredSnapshot newest = null;
        for (StoredSnapshot s : open.repository().list()) {
            if (s.snapshot().source().equals(source)
                    && (host == null || host.equals(s.snapshot().host()))) {
                newest = s;
            }
        }
        return newest;
    }

    private void files(@Nullable StoredSnapshot snapshot, Path to) {
        if (snapshot != null) {
            try (Bars bars = setup.bars(surroundings, "fleet")) {
                took(open.repository().restore(snapshot.snapshot(), "", to, false, bars));
            }
        }
    }

    private void took(RestoreResult result) {
        lost.addAll(result.lost());
        result.notes().forEach(n -> notes.add(n.where() + ": " + n.what()));
    }

    private void brain(StoredSnapshot snapshot, Path data) throws IOException {
        if (config.brain() instanceof FleetConfig.Brain.External) {
            Path place = Files.createDirectory(data.resolve("restored-brain"));
            notes.add(
                    "Your Brain's snapshot is in the folder restored-brain of the data directory; give it to your Brain.");
            restoreInto(snapshot, place);
        } else {
            restoreInto(snapshot, data.resolve("brain"));
        }
    }

    private void restoreInto(StoredSnapshot snapshot, Path place) {
        try (Bars bars = setup.bars(surroundings, snapshot.snapshot().source())) {
            took(open.repository().restore(snapshot.snapshot(), "", place, false, bars));
        }
    }

    /** @return whether it is in the database */
    private boolean plane(StoredSnapshot snapshot, Path tar, Path data) throws IOException {
        try (Bars bars = setup.bars(surroundings, "data");
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            open.repository().archive(snapshot.snapshot(), out, bars);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
            DataImport.Imported imported = DataImport.run(in, Plans.database(config, data));
            notes.add("The data plane holds " + imported.rows() + " rows.");
            return true;
        } catch (DataException e) {
            if (config.database() instanceof FleetConfig.Database.Embedded) {
                throw e;
            }
            Files.move(tar, data.resolve("restored-data.tar"));
            notes.add("The data plane could not be brought into the configured database: " + e.getMessage()
                    + " It is in the file restored-data.tar of the data directory; when an empty database is there:"
                    + " ./fleet backup restore data --into-database");
            return false;
        }
    }

    /** The configuration comes back beside the data, and never over one that is in use. */
    private void keepConfig(Path fleet, Path data) throws IOException {
        Path named = fleet.resolve("config").resolve("named");
        if (Files.isDirectory(named)) {
            Files.move(named, data.resolve("restored-files"));
            notes.add("Certificates and keys that the configuration names are in the folder restored-files of the data"
                    + " directory, under the paths that they had; copy those that are missing to their places.");
        }
        Path yaml = fleet.resolve("config").resolve("fleet.yaml");
        if (!Files.exists(yaml)) {
            return;
        }
        Path kept = data.resolve("restored-fleet.yaml");
        Files.move(yaml, kept, StandardCopyOption.REPLACE_EXISTING);
        String was = Files.readString(fleet.resolve("config").resolve("path")).strip();
        notes.add("The configuration is the file restored-fleet.yaml of the data directory; it was " + was
                + (Files.exists(Path.of(was)) ? ", where one is." : ", where none is now: copy it there."));
    }
}
