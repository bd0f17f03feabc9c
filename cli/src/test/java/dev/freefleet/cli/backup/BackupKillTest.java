package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.cli.datadir.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
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

    /** Into a folder of its own, and as a tar: what is there after a kill is whole, or says that it is not. */
    @Test
    void aRestoreOfASnapshotThatIsKilledIsDoneAnewOrRefusedWithWhatToDo() throws Exception {
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[20_000];
            new Random(i).nextBytes(noise);
            Files.write(home.resolve("notes/file" + i), noise);
        }
        assertThat(backup("run").code()).isZero();
        String notes = home.resolve("notes").toString();
        Path out = home.resolve("out");
        Path tar = home.resolve("whole.tar");
        long life = life("restore", notes, "--to", "first");
        assertThat(backup("restore", notes, "--tar", "first.tar").code()).isZero();
        for (int i = 0; i < 2 * KILLS; i++) {
            killAt((i + 0.5) / (2 * KILLS), life, "restore", notes, "--to", "out");
            Outcome again = backup("restore", notes, "--to", "out");
            if (again.code() != 0 && isUnfinished(out)) {
                assertThat(again.err()).contains("did not end", "Delete it and restore again", "--to with --over");
                again = backup("restore", notes, "--to", "out", "--over");
                assertThat(again.code()).as(again.err()).isZero();
            }
            assertThat(names(out)).isEqualTo(names(home.resolve("notes")));
            assertThat(out.resolve("noise")).hasBinaryContent(Files.readAllBytes(home.resolve("notes/noise")));
            WorkFolder.delete(out);

            killAt((i + 0.5) / (2 * KILLS), life, "restore", notes, "--tar", "whole.tar");
            if (!Files.exists(tar)) {
                assertThat(backup("restore", notes, "--tar", "whole.tar").code())
                        .isZero();
            }
            assertThat(tar).hasBinaryContent(Files.readAllBytes(home.resolve("first.tar")));
            assertThat(home.resolve("whole.tar.part")).doesNotExist();
            Files.delete(tar);
        }
    }

    private static boolean isUnfinished(Path out) throws IOException {
        return names(out).stream().anyMatch(name -> name.startsWith(".fleet-restore-unfinished-"));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    /** The store is made three days older, so that the prune both sets packs aside and deletes what an earlier one has set aside. */
    @Test
    void aPruneThatIsKilledLosesNothingAndTheNextOnesFinish() throws Exception {
        String notes = home.resolve("notes").toString();
        String[] prune = {"prune", "--max-unused", "0", "--forget", ""};
        long life = 0;
        for (int i = 0; i <= KILLS; i++) {
            change(300 + i);
            assertThat(backup("run", "--no-copy").code()).isZero();
            change(600 + i);
            assertThat(backup("run", "--no-copy").code()).isZero();
            age();
            prune[4] = oldest(notes);
            if (i == 0) {
                life = life(prune);
                continue;
            }
            killAt((i - 0.5) / KILLS, life, prune);
            Outcome verified = backup("verify", "--repair");
            assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
            assertThat(backup("restore", notes, "--to", "out", "--over").code()).isZero();
            assertThat(home.resolve("out/noise")).hasBinaryContent(Files.readAllBytes(home.resolve("notes/noise")));
        }
        List<String> all = snapshots(notes);
        for (String id : all.subList(0, all.size() - 1)) {
            assertThat(backup("prune", "--max-unused", "0", "--forget", id).code())
                    .isZero();
        }
        for (int i = 0; i < 2; i++) {
            age();
            assertThat(backup("prune", "--max-unused", "0").code()).isZero();
        }
        assertThat(backup("verify").code()).isZero();
        assertThat(home.resolve("fleet-backup/trash")).isEmptyDirectory();
        // One version of the notes is left, and what is too small to be worth a prune's while.
        assertThat(bytes(home.resolve("fleet-backup/packs"))).isBetween(3_000_000L, 5_000_000L);
    }

    @Test
    void aCopyThatIsKilledLeavesAWholeRepositoryAndTheNextOneFinishes() throws Exception {
        long life = 0;
        for (int i = 0; i <= KILLS; i++) {
            change(900 + i);
            assertThat(backup("run", "--no-copy").code()).isZero();
            if (i == 0) {
                life = life("copy");
                continue;
            }
            killAt((i - 0.5) / KILLS, life, "copy");
            Outcome verified = backup("verify", "--repair", "--store", "off-site");
            assertThat(verified.code()).as(verified.out() + verified.err()).isZero();
            assertThat(backup("copy").code()).isZero();
            assertThat(backup("verify", "--store", "off-site").code()).isZero();
        }
        String notes = home.resolve("notes").toString();
        assertThat(backup("restore", notes, "--store", "off-site", "--to", "out")
                        .code())
                .isZero();
        assertThat(home.resolve("out/noise")).hasBinaryContent(Files.readAllBytes(home.resolve("notes/noise")));
        // What was sent twice, since a kill came between a pack and the index object that names it, goes with prunes.
        for (int i = 0; i < 2; i++) {
            age(home.resolve("other/packs"));
            age(home.resolve("other/trash"));
            assertThat(backup("prune", "--max-unused", "0", "--store", "off-site")
                            .code())
                    .isZero();
        }
        // The other store has every version, and is no larger than the one that it was copied from.
        assertThat(bytes(home.resolve("other/packs")))
                .isBetween(3_000_000L * (KILLS + 2), bytes(home.resolve("fleet-backup/packs")) + 500_000);
    }

    private void age() throws IOException {
        age(home.resolve("fleet-backup"));
    }

    private static void age(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        FileTime then = FileTime.from(Instant.now().minus(Duration.ofDays(3)));
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path object : all.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(object, then);
            }
        }
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.mapToLong(p -> p.toFile().length()).sum();
        }
    }

    private String oldest(String source) throws IOException {
        return snapshots(source).getFirst();
    }

    private List<String> snapshots(String source) throws IOException {
        List<String> ids = new ArrayList<>();
        new ObjectMapper()
                .readTree(backup("list", "--source", source, "--json").out())
                .path("snapshots")
                .forEach(s -> ids.add(s.path("id").asText()));
        return ids;
    }

    private List<Path> aside() throws IOException {
        try (Stream<Path> all = Files.list(home)) {
            return all.filter(p -> p.getFileName().toString().contains(".before-restore-"))
                    .toList();
        }
    }
}
