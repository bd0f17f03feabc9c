import dev.freefleet.backup.Environment;
import dev.freefleet.backup.KeyHardness;
import dev.freefleet.backup.Progress;
import dev.freefleet.backup.Repository;
import dev.freefleet.backup.RepositoryOptions;
import dev.freefleet.backup.Retention;
import dev.freefleet.backup.Source;
import dev.freefleet.backup.Unlock;
import dev.freefleet.backup.store.FolderStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** One operation on a repository: java Bench.java REPOSITORY init|backup DIR|tar FILE|check|restore DIR|prune. */
class Bench {
    public static void main(String[] args) {
        FolderStore store = new FolderStore(Path.of(args[0]));
        Unlock unlock = Unlock.passphrase("bench");
        if (args[1].equals("init")) {
            Repository.init(store, unlock, "bench", KeyHardness.DEFAULT, RepositoryOptions.DEFAULT, Environment.system())
                    .close();
            return;
        }
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
                    r.forget(new Retention(3, 0, 1, java.time.Duration.ZERO).toForget(r.list(), java.time.Instant.now()));
                    r.prune(0.05, Progress.NONE);
                }
                default -> throw new IllegalArgumentException(args[1]);
            }
        }
    }
}
