import dev.freefleet.backup.Environment;
import dev.freefleet.backup.KeyHardness;
import dev.freefleet.backup.Progress;
import dev.freefleet.backup.Repository;
import dev.freefleet.backup.RepositoryOptions;
import dev.freefleet.backup.Source;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.backup.Unlock;
import dev.freefleet.backup.store.FolderStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.cli.Rehearsal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * One operation on a repository: Bench REPOSITORY init|backup DIR|tar FILE|check|restore DIR|prune KEPT; or all of them on a made-up folder
 * of files, for the JVM to learn from: Bench EMPTY-FOLDER rehearse.
 */
class Bench {
    /** None: a key file beside the repository, as the fleet makes one. */
    private static final String PASSPHRASE = System.getenv("PASSPHRASE");

    public static void main(String[] args) throws IOException {
        if (args[1].equals("rehearse")) {
            rehearse(args[0]);
            return;
        }
        FolderStore store = new FolderStore(Path.of(args[0]));
        Path key = Path.of(args[0] + ".key");
        if (args[1].equals("init")) {
            Files.deleteIfExists(key);
            Unlock unlock = PASSPHRASE == null ? Unlock.newKeyFile(key, new SecureRandom()) : Unlock.passphrase(PASSPHRASE);
            Repository.init(store, unlock, "bench", KeyHardness.DEFAULT, RepositoryOptions.DEFAULT, Environment.system())
                    .close();
            return;
        }
        Unlock unlock = PASSPHRASE == null ? Unlock.keyFile(key) : Unlock.passphrase(PASSPHRASE);
        try (Repository r = Repository.open(store, unlock, RepositoryOptions.DEFAULT, Environment.system())) {
            switch (args[1]) {
                case "backup" -> r.backup(Source.Folder.of("bench", Path.of(args[2])), List.of(), Progress.NONE);
                case "tar" -> r.backup(
                        new Source.Stream("tar", () -> Files.newInputStream(Path.of(args[2])), -1, null, true),
                        List.of(),
                        Progress.NONE);
                case "check" -> {
                    if (!r.verify(1, new Random(), Progress.NONE).isSound()) {
                        System.exit(1);
                    }
                }
                case "restore" -> {
                    if (r.restore(r.find("latest").snapshot(), "", Path.of(args[2]), false, Progress.NONE)
                                    .lostCount()
                            > 0) {
                        System.exit(1);
                    }
                }
                case "prune" -> {
                    List<StoredSnapshot> all = r.list();
                    r.forget(all.subList(0, Math.max(0, all.size() - Integer.parseInt(args[2]))));
                    r.prune(0.05, Progress.NONE);
                    // What that took out of the index goes two days later.
                    for (ObjectInfo trash : store.list("trash/")) {
                        Files.setLastModifiedTime(
                                Path.of(args[0]).resolve(trash.name()),
                                FileTime.from(trash.modified().minus(Duration.ofDays(3))));
                    }
                    r.prune(0.05, Progress.NONE);
                }
                default -> throw new IllegalArgumentException(args[1]);
            }
        }
    }

    /** What the fleet's own rehearsal does by its commands. */
    private static void rehearse(String folder) throws IOException {
        String repository = folder + "/repository";
        Rehearsal.fill(Path.of(folder, "notes"));
        main(new String[] {repository, "init"});
        main(new String[] {repository, "backup", folder + "/notes"});
        main(new String[] {repository, "backup", folder + "/notes"});
        main(new String[] {repository, "check"});
        main(new String[] {repository, "restore", folder + "/restored"});
        main(new String[] {repository, "prune", "1"});
    }
}
