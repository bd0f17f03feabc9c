package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fleet that backs itself up, reads its backups, tries them, prunes them, and stops in the middle of one. */
@Timeout(300)
class BackupJobsTest {
    private static final String PASSPHRASE = "four-words-that-nobody-guesses";
    private static final String BRAIN_KEY = "only-for-backups";

    @TempDir
    Path home;

    private void configure(TinyBrain brain) throws Exception {
        Files.writeString(home.resolve("questions.txt"), "How many?\n");
        Files.writeString(
                home.resolve("java-arguments"),
                "-XX:TieredStopAtLevel=1\n-cp\n\"" + System.getProperty("java.class.path") + "\"\n"
                        + TinyBrain.class.getName() + "\n");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(
                home.resolve("fleet.yaml"), """
                jobs:
                  backup-drill: monthly 2 06:00
                backup:
                  off-site: elsewhere
                  passphrase: %s
                  brain:
                    key: %s
                  drill:
                    command: ["%s", "@%s", "{dir}", "{port}"]
                    questions: questions.txt
                """.formatted(PASSPHRASE, BRAIN_KEY, java, home.resolve("java-arguments")));
        brain.adminKey(BRAIN_KEY);
    }

    private Outcome run(String... arguments) {
        return new CommandLineTool(home).run(arguments);
    }

    /** Runs a job to its end. @return what the history says of it */
    private JsonNode job(String name, boolean well) throws Exception {
        Outcome outcome = run("jobs", "run", name, "--json");
        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(well ? 0 : 1);
        assertThat(outcome.out()).doesNotContain(PASSPHRASE, BRAIN_KEY);
        return new ObjectMapper().readTree(outcome.out());
    }

    private String good(String name) throws Exception {
        return job(name, true).path("summary").asText();
    }

    private String bad(String name) throws Exception {
        return job(name, false).path("summary").asText();
    }

    @Test
    void aFleetBacksItselfUpAndProvesIt() throws Exception {
        Path answer = Files.createDirectories(home.resolve("brain")).resolve("answer");
        Files.writeString(answer, "whales");
        try (TinyBrain brain = new TinyBrain(home.resolve("brain"), 0)) {
            configure(brain);
            // Where the Brain is, only the command line says: what the jobs start must know it all the same.
            try (FleetProcess fleet = FleetProcess.up(
                            home,
                            home.resolve("fleet-data"),
                            "--brain",
                            brain.url().toString())
                    .awaitReady()) {
                assertThat(run("jobs", "list").out())
                        .contains("backup ", "backup-sample", "backup-verify", "backup-prune", "monthly 2 06:00");
                assertThat(good("backup-verify"))
                        .contains("no backup in the local store yet", "no backup in the off-site store yet");

                assertThat(good("backup")).contains("4 snapshots made", "4 snapshots copied off-site");
                assertThat(good("backup-sample")).contains("sound: ").containsPattern("sound: .*sound: ");
                assertThat(good("backup-verify")).containsPattern("sound: .*sound: ");
                assertThat(good("backup-drill")).startsWith("passed: ").contains("1 of 1 questions");
                assertThat(good("backup-prune")).contains("0 snapshots forgotten");
                assertThat(proven(home.resolve("fleet-data")))
                        .contains("brain in local, passed", "brain in off-site, null", "data in off-site, null");

                whatFailsIsTold(brain);
                aStopEndsWhatRuns(brain, fleet);
            }
        }
    }

    private void whatFailsIsTold(TinyBrain brain) throws Exception {
        brain.mood(TinyBrain.Mood.ANSWERS_500);
        assertThat(bad("backup")).contains("brain: FAILED: ", "500", "what was is safe");
        Path elsewhere = home.resolve("elsewhere");
        Files.move(elsewhere, home.resolve("lost"));
        assertThat(bad("backup-verify"))
                .as("the other store is read all the same")
                .contains("There are no backups in " + elsewhere, "sound: ");
        Files.move(home.resolve("lost"), elsewhere);
        // The command itself did not get so far as to note it.
        assertThat(new Ledger(home.resolve("fleet-data")).events())
                .anyMatch(event -> event.path("kind").asText().equals("verify")
                        && event.path("store").asText().equals("off-site")
                        && event.path("outcome").asText().equals("failed"));
    }

    private void aStopEndsWhatRuns(TinyBrain brain, FleetProcess fleet) throws Exception {
        brain.mood(TinyBrain.Mood.SAYS_NOTHING);
        assertThat(run("jobs", "run", "backup", "--no-wait").code()).isZero();
        brain.awaitKeptWaiting();
        List<ProcessHandle> started =
                ProcessHandle.of(fleet.pid()).orElseThrow().descendants().toList();
        assertThat(started).anyMatch(process -> commandLine(process).contains("dev.freefleet.cli.Main backup run"));
        assertThat(started)
                .allSatisfy(process -> assertThat(commandLine(process)).doesNotContain(PASSPHRASE, BRAIN_KEY));

        assertThat(fleet.terminate()).isZero();

        assertThat(started).noneMatch(ProcessHandle::isAlive);
        brain.mood(TinyBrain.Mood.WELL);
        assertThat(run("backup", "verify").out()).startsWith("sound: ");
    }

    private static String commandLine(ProcessHandle process) {
        try {
            // All of it; the JDK reads a page.
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    /** Each backup whose every byte was read, and what the drill said of it. */
    private static List<String> proven(Path data) throws Exception {
        DataConfig running = DataPlane.running(data.resolve("postgres")).orElseThrow();
        DataConfig.External at = (DataConfig.External) running.database();
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(at.url(), at.user(), at.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select source || ' in ' || store || ', ' ||"
                                + " coalesce(drill_outcome, 'null') from backup_history where outcome = 'done' and verified_at is not null")) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }
}
