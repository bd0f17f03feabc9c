package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.store.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kill -9} at 200 random moments, 50 in each operation; {@code -Dfleet.kills=N} kills N times in each. */
class KillTest {
    /** What one kill leaves, the next run finds; so it may be five kills old when all is looked at. */
    private static final int KILLS_A_CHECK = 5;

    private static final int KILLS = Integer.getInteger("fleet.kills", 50);

    @TempDir
    Path tmp;

    /** Restores that were killed before their end. */
    private int unfinished;

    @ParameterizedTest
    @ValueSource(strings = {"backup", "prune", "copy", "restore"})
    void theRepositoryOpensVerifiesAndGoesOn(String operation) throws IOException, InterruptedException {
        Path src = Files.createDirectories(tmp.resolve("src"));
        for (int i = 0; i < 40; i++) {
            Files.write(src.resolve("f" + i), Fixture.random(i, 20_000));
        }
        try (Repository r = Fixture.init(tmp.resolve("repo"));
                Repository other = Fixture.init(tmp.resolve("other"))) {
            Fixture.backup(r, src);
            assertThat(other.list()).isEmpty();
        }
        Random random = new Random(operation.hashCode());
        for (int kill = 0; kill < KILLS; kill++) {
            killOnce(operation, random.nextInt(400));
            if (operation.equals("restore")) {
                restoreOverWhatIsLeft(src);
            }
            if (kill % KILLS_A_CHECK == 0 || kill == KILLS - 1) {
                check(tmp.resolve("repo"), src);
                check(tmp.resolve("other"), src);
            }
        }
        assertThat(unfinished > 0).as("some are killed in the middle").isEqualTo(operation.equals("restore"));
    }

    private void killOnce(String operation, int millis) throws IOException, InterruptedException {
        Process p = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledProcess.class.getName(),
                        operation,
                        tmp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(p.getInputStream().read()).isEqualTo('r');
            assertThat(p.waitFor(millis, TimeUnit.MILLISECONDS))
                    .as("it works until it is killed")
                    .isFalse();
        } finally {
            p.destroyForcibly();
            p.waitFor();
        }
    }

    /** What a killed restore left does not pass for a whole one, and the next restore makes it one. */
    private void restoreOverWhatIsLeft(Path src) throws IOException {
        Path out = Files.createDirectories(tmp.resolve("out"));
        try (Repository r = Fixture.open(tmp.resolve("repo"))) {
            Snapshot s = r.list().getFirst().snapshot();
            if (Fixture.isUnfinished(out)) {
                unfinished++;
                assertThatThrownBy(() -> r.restore(s, "", out, false, Progress.NONE))
                        .hasMessageContaining("a restore left that did not end. Delete it and restore again");
                assertThat(r.restore(s, "", out, true, Progress.NONE).lost()).isEmpty();
            } else if (Fixture.describe(out).isEmpty()) {
                assertThat(r.restore(s, "", out, false, Progress.NONE).lost()).isEmpty();
            }
        }
        assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
    }

    private void check(Path repo, Path src) throws IOException {
        try (Repository r = Fixture.open(repo);
                FolderStore store = new FolderStore(repo)) {
            r.repair();
            VerifyReport v = r.verify(1, new Random(1), Progress.NONE);
            assertThat(v.damage()).isEmpty();
            assertThat(v.affected()).isEmpty();
            StoredSnapshot s = Fixture.backup(r, src);
            Path out = tmp.resolve("checked");
            Fixture.deleteTree(out);
            assertThat(r.restore(s.snapshot(), "", out, false, Progress.NONE).lost())
                    .isEmpty();
            assertThat(Fixture.describe(out)).isEqualTo(Fixture.describe(src));
            r.forget(r.list().subList(1, r.list().size()));
            try (java.util.stream.Stream<Path> temps = Files.list(repo.resolve("tmp"))) {
                assertThat(temps.count())
                        .as("a kill leaves what was being written")
                        .isLessThan(3L * (KILLS + 1));
            }
            assertThat(store.list("packs/")).as("orphans").hasSizeLessThan(100 * (KILLS + 1));
        }
    }
}
