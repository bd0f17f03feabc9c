package dev.freefleet.backup;

import dev.freefleet.backup.store.FolderStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** The process that {@link KillTest} kills: one operation again and again. */
final class KilledProcess {
    private KilledProcess() {}

    public static void main(String[] args) {
        Path tmp = Path.of(args[1]);
        // Prune without waiting: the parent runs nothing beside it.
        RepositoryOptions options =
                Fixture.options().withPackSize(64 << 10).withAges(Duration.ofMillis(1), Duration.ofMillis(2));
        RepositoryOptions backups = Fixture.options().withPackSize(64 << 10);
        FolderStore store = new FolderStore(tmp.resolve("repo"));
        // What a JVM loads first takes longer on a busy machine than it is given before it is killed.
        try (Repository r = Repository.open(store, Fixture.PASSPHRASE, backups, Fixture.environment())) {
            r.ls(r.list().getFirst().snapshot(), entry -> {});
        }
        System.out.println("ready");
        while (true) {
            switch (args[0]) {
                case "backup" -> {
                    try (Repository r = Repository.open(store, Fixture.PASSPHRASE, backups, Fixture.environment())) {
                        byte[] bytes = Fixture.random(System.nanoTime(), 3_000_000);
                        r.backup(Fixture.stream(bytes), List.of(), Progress.NONE);
                        Fixture.backup(r, tmp.resolve("src"));
                    }
                }
                case "prune" -> {
                    try (Repository r = Repository.open(store, Fixture.PASSPHRASE, backups, Fixture.environment())) {
                        r.backup(Fixture.stream(Fixture.random(System.nanoTime(), 300_000)), List.of(), Progress.NONE);
                        r.forget(r.list().subList(1, r.list().size()));
                    }
                    try (Repository r = Repository.open(store, Fixture.PASSPHRASE, options, eternal())) {
                        r.prune(0, Progress.NONE);
                    }
                }
                case "restore" -> {
                    try (Repository r = Repository.open(store, Fixture.PASSPHRASE, backups, Fixture.environment())) {
                        r.restore(r.list().getFirst().snapshot(), "", tmp.resolve("out"), true, Progress.NONE);
                    }
                }
                case "copy" -> {
                    try (Repository r = Repository.open(store, Fixture.PASSPHRASE, backups, Fixture.environment());
                            Repository to = Fixture.open(tmp.resolve("other"))) {
                        r.backup(
                                Fixture.stream(Fixture.random(System.nanoTime(), 1_000_000)), List.of(), Progress.NONE);
                        r.copyTo(to, r.list(), Progress.NONE);
                    }
                }
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    /** A process for which no time passes, so that no run is too long. */
    private static Environment eternal() {
        Clock standing = Clock.fixed(Instant.now(), ZoneOffset.UTC);
        return new Environment(standing, () -> Long.MIN_VALUE, new SecureRandom(), "testhost");
    }
}
