package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.datadir.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Backups of a Brain that is somebody's own, and drills with it. */
@Timeout(180)
class OwnBrainTest {
    @TempDir
    Path home;

    private TinyBrain live;

    @BeforeEach
    void start() throws IOException {
        DataDirectory.open(home.resolve("fleet-data")).close();
        Path brain = Files.createDirectories(home.resolve("brain"));
        Files.writeString(brain.resolve("answer"), "whales");
        live = new TinyBrain(brain, 0);
        live.adminKey("only-for-backups");
        Files.writeString(home.resolve("questions.txt"), "# what people ask\nHow many?\n\nHow heavy?\n");
        Files.writeString(
                home.resolve("java-arguments"),
                "-XX:TieredStopAtLevel=1\n-cp\n\"" + System.getProperty("java.class.path") + "\"\n"
                        + TinyBrain.class.getName() + "\n");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(home.resolve("fleet.yaml"), """
                brain:
                  url: %s
                backup:
                  sources: [brain]
                  brain:
                    key: only-for-backups
                  drill:
                    command: ["%s", "@%s", "{dir}", "{port}"]
                    questions: questions.txt
                """.formatted(live.url(), java, home.resolve("java-arguments")));
    }

    @AfterEach
    void stop() {
        live.close();
    }

    private Outcome backup(String... arguments) {
        List<String> all = new ArrayList<>(List.of("backup"));
        all.addAll(List.of(arguments));
        return new CommandLineTool(home).run(all.toArray(String[]::new));
    }

    private int snapshots() throws IOException {
        return new ObjectMapper()
                .readTree(backup("list", "--json").out())
                .path("snapshots")
                .size();
    }

    @ParameterizedTest
    @EnumSource(
            value = TinyBrain.Mood.class,
            names = {"STOPS_HALF_WAY", "ANSWERS_500", "SENDS_AN_ERROR_PAGE"})
    void aSnapshotThatFailsRecordsNothingAndTheEarlierOnesStand(TinyBrain.Mood mood) throws IOException {
        assertThat(backup("run").code()).isZero();
        live.mood(mood);

        Outcome failed = backup("run");

        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err()).contains("FAILED", "Nothing is recorded").doesNotContain("only-for-backups");
        assertThat(snapshots()).isEqualTo(1);
        assertThat(Files.readString(home.resolve("fleet-data/backup/history.jsonl")))
                .contains("\"outcome\":\"failed\"")
                .doesNotContain("only-for-backups");
        live.mood(TinyBrain.Mood.WELL);
        assertThat(backup("run").code()).isZero();
        assertThat(backup("verify").code()).isZero();
    }

    @Test
    void aBrainThatIsAwayIsToldWithWhatToDo() {
        live.close();
        Outcome away = backup("run");
        assertThat(away.code()).isEqualTo(1);
        assertThat(away.err()).contains("does not answer", "Check that the Brain runs");
    }

    @Test
    void aDrillAsksTheRestoredBrainAndTheLiveOne() throws IOException {
        assertThat(backup("run").code()).isZero();

        Outcome passed = backup("drill");

        assertThat(passed.code()).as(passed.err()).isZero();
        assertThat(passed.out()).startsWith("passed: ").contains("2 of 2 questions");
        assertThat(backup("show", "brain").out()).contains("passed 2 of 2");
    }

    @Test
    void aDrillDeletesWhatOneThatWasKilledLeft() throws IOException {
        assertThat(backup("run").code()).isZero();
        Path left = leftByAKilledCommand();
        Outcome passed = amongItsTemporaryFiles(left, "drill");
        assertThat(passed.code()).as(passed.err()).isZero();
        assertThat(passed.err()).contains(left.toString());
        assertThat(left).doesNotExist();
    }

    /** Where the database is another's, its rows lie in a file for a while. */
    @Test
    void aRestoreIntoADatabaseDeletesWhatOneThatWasKilledLeft() throws IOException {
        assertThat(backup("run").code()).isZero();
        Files.writeString(
                home.resolve("fleet.yaml"),
                "database: {url: 'jdbc:postgresql://127.0.0.1:1/none', user: u, password: p}\n");
        Path left = leftByAKilledCommand();
        Outcome failed = amongItsTemporaryFiles(left, "restore", "brain", "--into-database");
        assertThat(failed.err()).contains(left.toString(), "The export of the data plane cannot be used");
        assertThat(left).doesNotExist();
    }

    private Path leftByAKilledCommand() throws IOException {
        Path left = Files.createTempDirectory(Files.createDirectory(home.resolve("temporary")), Scratch.NAME);
        Files.writeString(left.resolve(Scratch.MARK), Scratch.MARKED);
        Files.writeString(Files.createDirectory(left.resolve("brain")).resolve("answer"), "whales");
        return left;
    }

    /** Among the system's own, whichever command of whichever test came first would delete it. */
    private Outcome amongItsTemporaryFiles(Path left, String... arguments) {
        String system = System.getProperty("java.io.tmpdir", "/tmp");
        System.setProperty("java.io.tmpdir", String.valueOf(left.getParent()));
        try {
            return backup(arguments);
        } finally {
            System.setProperty("java.io.tmpdir", system);
        }
    }

    @Test
    void aRestoreThatAnswersOtherwiseThanTheLiveBrainIsFound() throws IOException {
        assertThat(backup("run").code()).isZero();
        Files.writeString(home.resolve("brain/answer"), "moles");

        Outcome failed = backup("drill");

        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.out()).startsWith("FAILED: ").contains("0 of 2 questions");
        assertThat(failed.err()).contains("does not answer as the live one does");
        JsonNode report;
        try (Stream<Path> reports = Files.list(home.resolve("fleet-data/backup/drills"))) {
            report = new ObjectMapper()
                    .readTree(reports.findFirst().orElseThrow().toFile());
        }
        assertThat(report.path("passed").asBoolean()).isFalse();
        assertThat(report.path("questions").get(0).path("question").asText()).isEqualTo("How many?");
        assertThat(report.path("questions").get(0).path("live_sources").get(0).asText())
                .isEqualTo("doc of moles");
        assertThat(backup("show", "brain").out()).contains("failed 0 of 2");
    }

    @Test
    void anAnswerThatIsTheSameButFromAnotherSourceIsFound() throws IOException {
        assertThat(backup("run").code()).isZero();
        Files.writeString(home.resolve("brain/source"), "moles");

        Outcome failed = backup("drill", "--json");

        assertThat(failed.code()).isEqualTo(1);
        JsonNode first =
                new ObjectMapper().readTree(failed.out()).path("questions").path(0);
        assertThat(first.path("same_answer").asBoolean()).isTrue();
        assertThat(first.path("same_sources").asBoolean(true)).isFalse();
        assertThat(first.path("live_sources").path(0).asText()).isEqualTo("doc of moles");
        assertThat(first.path("restored_sources").path(0).asText()).isEqualTo("doc of whales");
    }

    @Test
    void aRestoredBrainThatDoesNotStartFailsTheDrill() throws IOException {
        assertThat(backup("run").code()).isZero();
        Path yaml = home.resolve("fleet.yaml");
        Files.writeString(yaml, Files.readString(yaml).replaceFirst("command: .*", "command: [\"/bin/false\"]"));

        Outcome failed = backup("drill");

        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.err()).contains("ended before it answered");
        assertThat(backup("show", "brain").out()).contains("failed");
    }

    @Test
    void theScriptForACronDoesTheSameThroughTheCommand() throws Exception {
        Path script = Files.copy(Path.of("..", "backup-brain.sh"), home.resolve("backup-brain.sh"));
        Path fleet = Files.writeString(home.resolve("fleet"), "#!/bin/sh\nenv | grep ^FLEET_ | sort; echo \"$@\"\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        assertThat(fleet.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("key"), "only-for-backups\n");
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "--json").redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("FLEET_"));
        builder.environment().put("BRAIN", live.url().toString());
        builder.environment().put("BRAIN_KEY_FILE", home.resolve("key").toString());
        builder.environment().put("TO", home.resolve("elsewhere").toString());
        Process process = builder.start();
        List<String> said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).isZero();
        assertThat(said)
                .containsExactly(
                        "FLEET_BACKUP_BRAIN_KEY_FILE=" + home.resolve("key"),
                        "FLEET_BACKUP_LOCAL=" + home.resolve("elsewhere"),
                        "FLEET_BRAIN_URL=" + live.url(),
                        "backup run --source brain --json");

        // And the command understands what the script says, with no fleet beside it.
        Outcome outcome = new CommandLineTool(Files.createDirectories(home.resolve("alone")))
                .with("FLEET_BACKUP_BRAIN_KEY_FILE", home.resolve("key").toString())
                .with("FLEET_BACKUP_LOCAL", home.resolve("elsewhere").toString())
                .with("FLEET_BRAIN_URL", live.url().toString())
                .run("backup", "run", "--source", "brain");
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(home.resolve("alone/fleet-data")).doesNotExist();
    }
}
