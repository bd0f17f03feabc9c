package dev.freefleet.cli.backup;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.Environment;
import dev.freefleet.backup.KeyHardness;
import dev.freefleet.backup.Repository;
import dev.freefleet.backup.RepositoryOptions;
import dev.freefleet.backup.Unlock;
import dev.freefleet.backup.store.FolderStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import dev.freefleet.backup.store.S3Store;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.config.BackupConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configured stores and the repositories in them. */
final class Stores {
    private final BackupConfig config;
    private final Environment environment;
    private final PrintWriter err;
    private final Path caches;

    /** @param caches where copies of index objects of buckets may be kept */
    Stores(BackupConfig config, Environment environment, Path caches, PrintWriter err) {
        this.config = config;
        this.environment = environment;
        this.caches = caches;
        this.err = err;
    }

    /** A repository that is open, with its store; to be closed. */
    record Open(StoreName name, ObjectStore store, Repository repository) implements AutoCloseable {
        @Override
        public void close() {
            repository.close();
            store.close();
        }
    }

    /** The stores that are configured; the first is the one that backups go to. */
    List<StoreName> configured() {
        return StoreName.configured(config);
    }

    StoreName primary() {
        return configured().getFirst();
    }

    /** What an option names, else the first one. @throws CommandException if it is none, or not configured */
    StoreName named(@Nullable String written) {
        if (written == null) {
            return primary();
        }
        try {
            StoreName name = StoreName.of(written);
            if (!configured().contains(name)) {
                throw CommandException.wrongUsage("There is no " + name.label()
                        + " store; configure backup.off-site or backup.s3.bucket for an off-site one, and"
                        + " backup.keep-local for the local one.");
            }
            return name;
        } catch (IllegalArgumentException e) {
            throw CommandException.wrongUsage("\"" + written + "\" is no store; write local or off-site.");
        }
    }

    /** Most bytes that a store may hold: the cap, or what is there and what its disk has room for. */
    long capacity(StoreName name, long used) {
        BackupConfig.Store store = store(name);
        long room = Long.MAX_VALUE;
        if (store.place() instanceof BackupConfig.Place.Folder folder) {
            try {
                long free = Files.getFileStore(existing(folder.path())).getUsableSpace();
                room = free > Long.MAX_VALUE - used ? Long.MAX_VALUE : used + free;
            } catch (IOException e) {
                // Whether there is room will be seen.
                room = Long.MAX_VALUE;
            }
        }
        return Math.min(store.cap(), room);
    }

    private static Path existing(Path path) {
        Path at = path.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    /** Opens a repository that is there. */
    Open open(StoreName name) {
        requireFolder(name);
        ObjectStore store = connect(name);
        try {
            return new Open(name, store, Repository.open(store, key(store), options(name, store), environment));
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Reading must not make an empty store in a place that was mistyped. */
    private void requireFolder(StoreName name) {
        if (store(name).place() instanceof BackupConfig.Place.Folder folder && !Files.isDirectory(folder.path())) {
            throw new BackupException(
                    Reason.NO_REPOSITORY,
                    "There are no backups in " + folder.path() + ", since there is no such folder. Make one with"
                            + " ./fleet backup run, or name the right place in the configuration (backup.local,"
                            + " backup.off-site).");
        }
    }

    /** Opens a repository, and makes it, and the key file, where there is none. */
    Open openOrMake(StoreName name) {
        ObjectStore store = connect(name);
        try {
            if (hasRepository(store)) {
                return new Open(name, store, Repository.open(store, key(store), options(name, store), environment));
            }
            Unlock unlock = config.passphrase() == null ? ownKeyFile() : Unlock.passphrase(config.passphrase());
            String label = config.passphrase() == null ? "key file" : "passphrase";
            Repository made =
                    Repository.init(store, unlock, label, KeyHardness.DEFAULT, options(name, store), environment);
            err.println("backup: made a new repository in " + store.describe());
            return new Open(name, store, made);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static boolean hasRepository(ObjectStore store) {
        return !store.list("config").isEmpty() || !store.list("mirror/config").isEmpty();
    }

    private ObjectStore connect(StoreName name) {
        return switch (store(name).place()) {
            case BackupConfig.Place.Folder folder -> new FolderStore(folder.path());
            case BackupConfig.Place.Bucket bucket -> new S3Store(bucket.settings());
        };
    }

    private RepositoryOptions options(StoreName name, ObjectStore store) {
        BackupConfig.Store place = store(name);
        RepositoryOptions options = RepositoryOptions.DEFAULT.withAppendOnly(config.appendOnly());
        if (place.cap() != Long.MAX_VALUE) {
            long used = store.list("").stream().mapToLong(ObjectInfo::size).sum();
            options = options.withRoomBytes(Math.max(0, place.cap() - used));
        }
        return place.place() instanceof BackupConfig.Place.Bucket bucket
                ? options.withFolders(
                        options.scratch(),
                        caches.resolve(bucket.settings().bucket() + "-"
                                + Integer.toHexString(
                                        bucket.settings().toString().hashCode())))
                : options;
    }

    private BackupConfig.Store store(StoreName name) {
        BackupConfig.Store store = name == StoreName.LOCAL ? config.local() : config.offSite();
        if (store == null) {
            throw new IllegalStateException("there is no " + name.label() + " store");
        }
        return store;
    }

    /** What opens a repository that is there. */
    private Unlock key(ObjectStore store) {
        if (config.passphrase() != null) {
            return Unlock.passphrase(config.passphrase());
        }
        if (!Files.exists(config.keyFile())) {
            if (!hasRepository(store)) {
                throw new BackupException(
                        Reason.NO_REPOSITORY,
                        "There is no repository in " + store.describe()
                                + ". Make one with ./fleet backup run, or name the right place in the configuration.");
            }
            throw new BackupException(
                    Reason.WRONG_KEY,
                    "The backups in " + store.describe()
                            + " are encrypted, and what opens them is not here: there is no"
                            + " key file " + config.keyFile()
                            + " and no passphrase. Put your copy of the key file there,"
                            + " or set backup.key-file or backup.passphrase (FLEET_BACKUP_KEY_FILE,"
                            + " FLEET_BACKUP_PASSPHRASE). Without it nobody can read them.");
        }
        return Unlock.keyFile(config.keyFile());
    }

    private Unlock ownKeyFile() {
        Path file = config.keyFile();
        if (Files.exists(file)) {
            return Unlock.keyFile(file);
        }
        Unlock made = Unlock.newKeyFile(file, environment.random());
        for (String line : List.of(
                "",
                "=============================== YOUR BACKUPS' KEY ===============================",
                "No passphrase is configured, so a key file was made:",
                "",
                "    " + file,
                "",
                "Every backup is encrypted under it. KEEP A COPY OF IT SOMEWHERE ELSE, NOW: on a",
                "USB stick, in a password manager, printed. If this disk dies with the only copy,",
                "no backup can ever be read again, by anybody. It does not belong beside the",
                "backups: who has both can read everything.",
                "=================================================================================",
                "")) {
            err.println(line);
        }
        return made;
    }
}
