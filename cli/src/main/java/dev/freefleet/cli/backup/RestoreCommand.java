package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.Progress;
import dev.freefleet.backup.RestoreResult;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.data.DataImport;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        description = {
            "Bring a fleet back, or what one snapshot holds.",
            "Without a SNAPSHOT: the whole fleet, from the newest snapshots of its parts, into the data directory where that is"
                    + " missing or empty, else beside it. With one: into a new folder here. Nothing that is there is touched,"
                    + " unless --over says so."
        },
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Runnable {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Parameters(
            arity = "0..1",
            paramLabel = "SNAPSHOT",
            description = "Its id or the beginning of it, a source's name, or latest (default: the whole fleet).")
    private @Nullable String id;

    @Option(names = "--to", paramLabel = "DIR", description = "Where to; a missing or empty folder, unless --over.")
    private @Nullable String to;

    @Option(names = "--path", paramLabel = "PATH", description = "Only this of the snapshot, and what is below it.")
    private @Nullable String path;

    @Option(names = "--tar", paramLabel = "FILE", description = "Write the snapshot as a tar; - is standard output.")
    private @Nullable String tar;

    @Option(
            names = "--over",
            description =
                    "Over the original: the data directory (which is moved aside), the folder that was backed up, or the"
                            + " files in --to.")
    private boolean over;

    @Option(
            names = "--into-database",
            description = "Bring a snapshot of the data plane into the configured, empty database.")
    private boolean intoDatabase;

    @Option(names = "--host", paramLabel = "HOST", description = "The fleet that was backed up on this host.")
    private @Nullable String host;

    RestoreCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        checkOptions();
        try (Stores.Open open = store.open(surroundings)) {
            if (id == null) {
                fleet(open);
            } else {
                StoredSnapshot stored = Find.snapshot(open, id);
                if (intoDatabase) {
                    database(open, stored);
                } else if (tar != null) {
                    tar(open, stored.snapshot(), tar);
                } else {
                    folder(open, stored);
                }
            }
        } catch (IOException e) {
            throw new CommandException("The restore failed: " + reason(e) + ". What was there before is untouched.", e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.FileSystemException f && f.getReason() == null
                ? e.getClass().getSimpleName() + " " + e.getMessage()
                : String.valueOf(e.getMessage());
    }

    private void checkOptions() {
        if (id == null && (path != null || tar != null || intoDatabase)) {
            throw CommandException.wrongUsage(
                    "--path, --tar and --into-database want a SNAPSHOT; ./fleet backup list shows which there are.");
        }
        if (id != null && host != null) {
            throw CommandException.wrongUsage(
                    "--host says which fleet comes back whole; a single SNAPSHOT is named by its id.");
        }
        if (tar != null && (path != null || to != null)) {
            throw CommandException.wrongUsage(
                    "--tar writes the whole snapshot to its file; leave --to and --path out.");
        }
        if (intoDatabase && (path != null || to != null || tar != null || over)) {
            throw CommandException.wrongUsage("--into-database goes without --to, --path, --tar and --over.");
        }
    }

    private Path named(String written) {
        return surroundings.workingDirectory().resolve(written).toAbsolutePath().normalize();
    }

    private static boolean isFree(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return !Files.exists(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** A name that nothing has; two restores may fall into one second. */
    private static Path free(Path wanted) {
        Path free = wanted;
        for (int i = 2; Files.exists(free); i++) {
            free = wanted.resolveSibling(wanted.getFileName() + "-" + i);
        }
        return free;
    }

    private void fleet(Stores.Open open) throws IOException {
        FleetConfig config = store.setup().config(surroundings);
        String stamp = STAMP.format(surroundings.clock().instant());
        Path original = config.data();
        Path target = to == null ? original : named(to);
        Path aside = null;
        if (!isFree(target)) {
            if (over) {
                aside = free(target.resolveSibling(target.getFileName() + ".before-restore-" + stamp));
                FleetRestore.stopped(target).close();
            } else if (to == null) {
                String beside = original.getFileName() + ".restored-";
                WorkFolder.clear(original, beside);
                target = free(original.resolveSibling(beside + stamp));
            } else {
                throw new CommandException(target + " is not empty; name an empty or a new folder, or say --over.");
            }
        }
        FleetRestore.Result result = new FleetRestore(surroundings, store.setup(), open, host).run(target, aside);
        tell(result, original);
    }

    private void tell(FleetRestore.Result result, Path original) {
        Path aside = result.aside();
        if (store.json()) {
            ObjectNode json = Jsons.object().put("target", result.target().toString());
            json.put("aside", aside == null ? null : aside.toString());
            ObjectNode from = json.putObject("from");
            result.from().forEach((part, s) -> from.set(Plans.name(part), Jsons.of(s)));
            result.notes().forEach(json.putArray("notes")::add);
            json.set("lost", Jsons.of(result.lost()));
            surroundings.out().println(json.toPrettyString());
        } else {
            result.from()
                    .forEach((part, s) -> surroundings
                            .out()
                            .println(Plans.name(part) + " as of "
                                    + Texts.time(s.snapshot().time()) + " UTC ("
                                    + Texts.shortId(s.snapshot().id()) + ")"));
            result.notes().forEach(surroundings.out()::println);
            surroundings.out().println("restored to " + result.target());
            if (aside != null) {
                surroundings.out().println("what was there before is in " + aside + "; delete it when all is well.");
            }
            surroundings
                    .out()
                    .println("start it: ./fleet up"
                            + (result.target().equals(original) ? "" : " --data " + result.target()));
        }
        failIfLost(result.lost(), result.lost().size());
    }

    private void failIfLost(java.util.List<dev.freefleet.backup.Problem> lost, long count) {
        if (count > 0) {
            surroundings.err().println("backup: lost:");
            Texts.lines(lost).forEach(surroundings.err()::println);
            throw new CommandException(
                    count + " files are damaged in the repository; all else was restored. Another store"
                            + " or an older snapshot may have them whole.");
        }
    }

    private void database(Stores.Open open, StoredSnapshot stored) throws IOException {
        FleetConfig config = store.setup().config(surroundings);
        if (config.database() instanceof FleetConfig.Database.Embedded) {
            throw CommandException.wrongUsage(
                    "--into-database is for the database behind database.url, which is not set; the"
                            + " embedded one comes back with ./fleet backup restore.");
        }
        try (Scratch scratch = Scratch.make(surroundings.err())) {
            Path file = scratch.resolve("data.tar");
            try (OutputStream out = Files.newOutputStream(file);
                    Bars bars = store.setup().bars(surroundings, "data")) {
                open.repository().archive(stored.snapshot(), out, bars);
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                DataImport.Imported imported = DataImport.run(in, Plans.database(config, config.data()));
                if (store.json()) {
                    surroundings
                            .out()
                            .println(Jsons.object()
                                    .put("tables", imported.tables())
                                    .put("rows", imported.rows())
                                    .toPrettyString());
                } else {
                    surroundings
                            .out()
                            .println(
                                    imported.rows() + " rows in " + imported.tables() + " tables are in the database.");
                }
            }
        }
    }

    private void tar(Stores.Open open, Snapshot snapshot, String written) throws IOException {
        if (written.equals("-")) {
            try (OutputStream out = CatCommand.standardOutput()) {
                open.repository().archive(snapshot, out, Progress.NONE);
            }
            return;
        }
        Path file = named(written);
        if (Files.isDirectory(file)) {
            throw new CommandException(file + " is a folder; name a file.");
        }
        if (Files.exists(file) && !over) {
            throw new CommandException(file + " is there already; name another file, or say --over.");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW);
                Bars bars = store.setup().bars(surroundings, "tar")) {
            open.repository().archive(snapshot, out, bars);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (store.json()) {
            surroundings
                    .out()
                    .println(Jsons.object()
                            .put("target", file.toString())
                            .put("bytes", Files.size(file))
                            .toPrettyString());
        } else {
            surroundings.out().println("wrote " + file + ", " + Texts.size(Files.size(file)));
        }
    }

    private void folder(Stores.Open open, StoredSnapshot stored) {
        Snapshot s = stored.snapshot();
        Path target;
        if (to != null) {
            target = named(to);
        } else if (over) {
            if (s.kind() != Snapshot.Kind.FOLDER) {
                throw CommandException.wrongUsage("The snapshot " + Texts.shortId(s.id()) + " is no folder's (it is of "
                        + s.source()
                        + "); restore the whole fleet over the original with ./fleet backup restore --over, or"
                        + " name a place with --to.");
            }
            target = Path.of(s.source());
        } else {
            target = surroundings.workingDirectory().resolve("restored-" + Texts.shortId(s.id()));
        }
        String only = path == null ? "" : path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        RestoreResult result;
        try (Bars bars = store.setup().bars(surroundings, Texts.shortId(s.id()))) {
            result = open.repository().restore(s, only, target, over, bars);
        }
        if (result.files() == 0 && !only.isEmpty() && result.lostCount() == 0) {
            throw new CommandException("Nothing in the snapshot is called " + only + "; ./fleet backup ls "
                    + Texts.shortId(s.id()) + " shows what there is.");
        }
        if (store.json()) {
            ObjectNode json = Jsons.object()
                    .put("target", target.toString())
                    .put("files", result.files())
                    .put("bytes", result.bytes())
                    .put("lost_files", result.lostCount());
            json.set("snapshot", Jsons.of(stored));
            json.set("lost", Jsons.of(result.lost()));
            json.set("notes", Jsons.of(result.notes()));
            surroundings.out().println(json.toPrettyString());
        } else {
            Texts.lines(result.notes()).forEach(surroundings.err()::println);
            surroundings
                    .out()
                    .println("restored " + result.files() + " files (" + Texts.size(result.bytes()) + ") to " + target);
        }
        failIfLost(result.lost(), result.lostCount());
    }
}
