package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.testkit.Await;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands of jobs as processes: what they say, and that none outlives its time. */
@Timeout(60)
class OwnCommandTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir
    Path folder;

    private OwnCommand shell(String script) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        Surroundings surroundings = new Surroundings(
                folder, folder, Map.of("WORD", "of the environment"), nowhere, nowhere, false, Clock.systemUTC());
        return new OwnCommand(surroundings, List.of("/bin/sh", "-c", script));
    }

    private Path output() {
        return folder.resolve("output");
    }

    @Test
    void whatItSaysLastIsKnown() throws Exception {
        OwnCommand command = shell("i=0; while [ $i -lt 9000 ]; do echo a line of many; i=$((i+1)); done;"
                + " echo \"  $WORD\" >&2; echo; pwd; exit 7");

        OwnCommand.Ended ended = command.run(output(), LONG, () -> false);

        assertThat(ended.code()).isEqualTo(7);
        assertThat(ended.lines())
                .hasSizeLessThan(9_000)
                .endsWith("of the environment", folder.toRealPath().toString());
        assertThat(Files.readAllLines(output())).hasSize(9_003);
    }

    @Test
    void itFindsNothingToRead() throws Exception {
        assertThat(shell("cat; echo over").run(output(), LONG, () -> false).lines())
                .containsExactly("over");
    }

    @Test
    void afterItsTimeItIsEndedWithWhatItStarted() throws Exception {
        assertThatThrownBy(() -> shell("sleep 1000 & echo $!; wait").run(output(), Duration.ofSeconds(1), () -> false))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("longer than 1 s (backup.time-limit)");
        assertNothingRuns();
    }

    @Test
    void oneThatDoesNotListenIsEndedWhenTheFleetStops() throws Exception {
        assertThatThrownBy(() -> shell("trap '' TERM; sleep 1000 & echo $!; while :; do wait; done")
                        .run(output(), LONG, () -> Files.exists(output()) && said()))
                .isInstanceOf(InterruptedException.class);
        assertNothingRuns();
    }

    @Test
    void whatTheJvmLearntIsPassedOverInSilenceWhereItIsOfNoUse() throws Exception {
        assertThat(Learnt.flags(folder)).as("of a fleet that has not learnt").isEmpty();
        Path learnt = folder.resolve("cli/target/fleet-backup.aot");
        Files.createDirectories(learnt.getParent());
        Files.writeString(learnt, "what another JDK may have written");
        assertThat(Learnt.flags(folder)).as("not as it was written").isEmpty();
        Files.writeString(folder.resolve("cli/target/fleet-backup.aot.sum"), Learnt.cksum(learnt) + "\n");
        List<String> flags = Learnt.flags(folder);
        assertThat(flags).contains("-XX:AOTCache=" + learnt);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        OwnCommand.Ended ended = shell("'" + java + "' '" + String.join("' '", flags) + "' --version")
                .run(output(), LONG, () -> false);
        List<String> without = shell("'" + java + "' --version")
                .run(output(), LONG, () -> false)
                .lines();

        assertThat(ended.code()).isZero();
        assertThat(ended.lines().stream().map(line -> line.replace(", sharing", "")))
                .containsExactlyElementsOf(without.stream()
                        .map(line -> line.replace(", sharing", ""))
                        .toList());
    }

    /** The JVM would die of it, and the restore with it. */
    @Test
    void whatTheJvmLearntIsNotUsedOnceABitOfItHasFlipped() throws Exception {
        Path learnt = folder.resolve("cli/target/fleet-backup.aot");
        Files.createDirectories(learnt.getParent());
        byte[] bytes = new byte[100_000];
        new java.util.Random(1).nextBytes(bytes);
        Files.write(learnt, bytes);
        OwnCommand.Ended ended = shell("cksum <cli/target/fleet-backup.aot").run(output(), LONG, () -> false);
        Files.write(folder.resolve("cli/target/fleet-backup.aot.sum"), ended.lines());
        assertThat(Learnt.flags(folder)).hasSize(3);
        bytes[70_000] ^= 1;
        Files.write(learnt, bytes);
        assertThat(Learnt.flags(folder)).isEmpty();
        Files.delete(learnt);
        assertThat(Learnt.flags(folder)).isEmpty();
    }

    /** The launcher gives the file to the JVM, this gives it what stands in it. */
    @Test
    void theFlagsOfBackupsAreThoseOfTheFileAndTheJvmKnowsThem() throws Exception {
        Path file = Path.of("src/main/resources/dev/freefleet/cli/backup/jvm.flags");
        assertThat(OwnCommand.backupFlags()).contains("-Djdk.util.jar.version=21");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (String flags : List.of("@" + file.toAbsolutePath(), String.join("' '", OwnCommand.backupFlags()))) {
            OwnCommand.Ended ended = shell("'" + java + "' '" + flags + "' -XshowSettings:properties --version")
                    .run(output(), LONG, () -> false);
            assertThat(ended.code()).as("%s", ended.lines()).isZero();
            assertThat(ended.lines())
                    .contains("jdk.util.jar.version = 21")
                    .noneMatch(line -> line.contains("Unrecognized") || line.contains("CompileCommand:"));
        }
    }

    private boolean said() {
        try {
            return Files.size(output()) > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void assertNothingRuns() throws IOException {
        String written = Files.readString(output()).strip();
        // On a machine that is busy the shell may have been ended before it began.
        if (!written.isEmpty()) {
            long pid = Long.parseLong(written);
            Await.until(
                    "what it started ends",
                    () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        }
    }
}
