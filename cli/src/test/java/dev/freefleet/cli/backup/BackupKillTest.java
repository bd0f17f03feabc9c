package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.cli.datadir.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the commands themselves, at moments spread over their whole life. The library's own test has many more. */
@Timeout(600)
class BackupKillTest {
    private static final int KILLS = Integer.getInteger("fleet.command-kills", 6);

    @TempDir
    Path home;

    @BeforeEach
    void fleetThatDoesNotRun() throws IOException {
        try (DataDirectory directory = DataDirectory.open(home.resolve("fleet-data"))) {
            assertThat(directory.secrets().signing()).isNotEmpty();
        }
        Files.createDirectories(home.resolve("notes"));
        change(0);
        Files.writeString(home.resolve("fleet.yaml"), """
                backup:
                  sources: [fleet]
                  folders: [notes]
                  off-site: other
                """);
        assertThat(backup("run").code()).isZero();
    }

    private void change(int seed) throws IOException {
        byte[] noise = new byte[3_000_000];
        new Random(seed).nextBytes(noise);
        Files.write(home.resolve("notes/noise"), noise);
    }

    private Outcome backup(String... arguments) {
        List<String> all = new ArrayList<>(List.of("backup"));
        all.addAll(List.of(arguments));
        return new CommandLineTool(home).run(all.toArray(String[]::new));
    }

    /** Runs the command once to its end, then kills it at a moment of that time. @return the time, in milliseconds */
    private long life(String... arguments) throws InterruptedException {
        long began = System.nanoTime();
        try (FleetProcess whole = start(arguments)) {
            assertThat(whole.exit()).as(String.join("\n", whole.err())).isZero();
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    private FleetProcess start(String... arguments) {
        List<String> all = new ArrayList<>(List.of("backup"));
        all.addAll(List.of(arguments));
        return FleetProcess.start(home, home.resolve("fleet-data"), all);
    }

    private void killAt(double moment, long life, String... arguments) throws InterruptedException {
        try (FleetProcess killed = start(arguments)) {
            Thread.sleep((long) (life * moment));
            killed.kill();
        }
    }

    @Test
    void aRunThatIsKilledLeavesAWholeRepositoryAndTheNextOneFinishes() throws Exception {
        change(1);
        long life = life("run");
        for (int i = 0; i < KILLS; i++) {
            change(100 + i);
            killAt((i + 0.5) / KILLS, life, "run");
            Outcome next = backup("run");
            assertThat(next.code()).as(next.err()).isZero();
            for (String store : List.of("local", "off-site")) {
                Outcome verified = backup("verify", "--repair", "--store", store);
                assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
            }
        }
        assertThat(backup("restore", home.resolve("notes").toString(), "--to", "out")
                        .code())
                .isZero();
        assertThat(home.resolve("out/noise")).hasBinaryContent(Files.readAllBytes(home.resolve("notes/noise")));
    }

    @Test
    void aRestoreThatIsKilledLeavesTheOldStateOrTheNewOne() throws Exception {
        byte[] secret = Files.readAllBytes(home.resolve("fleet-data/secrets/signing.1"));
        long life = life("restore", "--over");
        for (int i = 0; i < KILLS; i++) {
            killAt((i + 0.5) / KILLS, life, "restore", "--over");
            if (!Files.exists(home.resolve("fleet-data"))) {
                // Between the two moves: the old state is whole beside it, and nothing is in its place.
                assertThat(aside()).isNotEmpty();
            }
            Outcome next = backup("restore", "--over");
            assertThat(next.code()).as(next.err()).isZero();
            assertThat(home.resolve("fleet-data/secrets/signing.1")).hasBinaryContent(secret);
            assertThat(home.resolve("fleet-data.restoring")).doesNotExist();
        }
    }

    private List<Path> aside() throws IOException {
        try (Stream<Path> all = Files.list(home)) {
            return all.filter(p -> p.getFileName().toString().contains(".before-restore-"))
                    .toList();
        }
    }
}
