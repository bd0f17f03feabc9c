package dev.freefleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands do without a running fleet: help, wrong usage, wrong configuration, and the exit codes of these. */
class CommandsTest {
    @TempDir
    Path folder;

    private CommandLineTool fleet;

    @BeforeEach
    void open() {
        fleet = new CommandLineTool(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "keys --help", "up --help"})
    void helpIsHelp(String command) {
        Outcome outcome = fleet.run(command.split(" ", -1));
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("Usage: fleet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "version", "up --version"})
    void everyVersionSaysTheVersion(String command) {
        Outcome outcome = fleet.run(command.split(" ", -1));
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("SOLO Free Fleet ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up",
                "status",
                "keys create",
                "keys list",
                "keys show",
                "keys set",
                "keys rotate",
                "keys revoke",
                "keys import",
                "keys secrets",
                "keys rotate-secret",
                "keys retire-secret",
                "users create",
                "users list",
                "users disable",
                "users enable",
                "config check",
                "config print",
                "brain serve",
                "brain ingest",
                "brain ask",
                "version",
                "completion"
            })
    void everyCommandHasHelp(String command) {
        Outcome outcome = fleet.run((command + " --help").split(" ", -1));
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).startsWith("Usage: fleet " + command).contains("--help");
        assertThat(fleet.run("completion").out()).contains(command.split(" ", -1)[0]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "upp",
                "up --prot 1",
                "keys",
                "keys create",
                "keys create --user u",
                "keys show",
                "keys show x",
                "keys set --name n",
                "keys rotate",
                "keys import",
                "keys retire-secret one",
                "users disable",
                "keys list --json=maybe",
                "users create",
                "config",
                "brain",
                "brain serve --port x",
                "jobs",
                "jobs run",
                "usage",
                "usage query --limit x",
                "usage query --format xml",
                "status extra"
            })
    void wrongUsageIsTwo(String arguments) {
        Outcome outcome = fleet.run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("fleet: ").contains("Try: ./fleet").contains("--help");
        assertThat(outcome.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keys show abc",
                "keys set 0 --name n",
                "keys rotate 1.5",
                "keys revoke 99999999999999999999",
                "keys delete sff_abc",
                "usage query --key abc",
                "usage export --key 0",
                "audit list --key abc"
            })
    void aKeysIdIsAWholeNumber(String arguments) {
        Outcome outcome = fleet.run(arguments.split(" ", -1));
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("a key's id is a whole number from 1, as keys list shows it")
                .doesNotContain("abc");
    }

    @Test
    void aUsersNumberIsAWholeNumber() {
        Outcome outcome = fleet.run("users", "forget", "--id", "ada");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("a user's number is a whole number from 1, as audit list shows it");
    }

    @Test
    void aMistypedCommandIsGuessed() {
        assertThat(fleet.run("stauts").err()).contains("Did you mean: fleet status");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "keys list",
                "keys show 1",
                "keys revoke 1",
                "keys delete 1",
                "users show ada",
                "users delete ada",
                "users forget ada",
                "audit list",
                "jobs list",
                "jobs run aggregate",
                "jobs history",
                "jobs pause aggregate",
                "jobs resume aggregate",
                "usage summary",
                "usage users",
                "usage top",
                "usage query",
                "usage export",
                "keys set 1 --name n",
                "keys rotate 1",
                "keys secrets",
                "keys rotate-secret",
                "keys retire-secret 1",
                "users list",
                "users disable u",
                "users enable u",
                "users create u",
                "keys create --user u --name n"
            })
    void aFleetThatDoesNotRunIsASentence(String command) {
        Outcome outcome = fleet.run(command.split(" ", -1));
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.errors())
                .containsExactly("fleet: No fleet runs on the data directory " + folder.resolve("fleet-data")
                        + "; start it with ./fleet up, or name another directory with --data or FLEET_DATA.");
    }

    @Test
    void theDataDirectoryIsFoundByFlagThenVariableThenFile() throws IOException {
        Files.writeString(folder.resolve("fleet.yaml"), "data: by-file\n");
        assertThat(fleet.run("status").err()).contains(folder.resolve("by-file").toString());
        fleet.with("FLEET_DATA", "by-variable");
        assertThat(fleet.run("status").err())
                .contains(folder.resolve("by-variable").toString());
        assertThat(fleet.run("status", "--data", "by-flag").err())
                .contains(folder.resolve("by-flag").toString());
    }

    @Test
    void configCheckTellsAllProblemsAndEndsWithTwo() throws IOException {
        assertThat(fleet.run("config", "check").code()).isZero();
        Files.writeString(folder.resolve("fleet.yaml"), "gatway: 1\nadmin: {port: many}\n");
        for (String command : new String[] {"config check", "config print", "up", "status"}) {
            Outcome outcome = fleet.run(command.split(" ", -1));
            assertThat(outcome.code()).as(command).isEqualTo(2);
            assertThat(outcome.errors())
                    .containsExactly(
                            "fleet.yaml:1: gatway: is not a setting; did you mean gateway?",
                            "fleet.yaml:2: admin.port: \"many\" is not a whole number; write 0 to 65535");
        }
    }

    @Test
    void configPrintShowsValuesAndWhereTheyComeFrom() throws IOException {
        Files.writeString(folder.resolve("fleet.yaml"), """
                gateway: {port: 81}
                database: {url: postgresql://db.example/x, password: tell-nobody}
                cors: {origins: ["https://a.example", "https://b.example"]}
                """);
        fleet.with("FLEET_ADMIN_PORT", "82");
        Outcome table = fleet.run("config", "print");
        assertThat(table.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "SETTING VALUE FROM",
                        "gateway.port 81 fleet.yaml:1",
                        "admin.port 82 FLEET_ADMIN_PORT",
                        "database.password ******** fleet.yaml:2",
                        "cors.origins https://a.example, https://b.example fleet.yaml:3",
                        "log.level info default",
                        "routes[0].path /query default",
                        "routes[0].cache.ttl 1h default",
                        "plans.default.rate 600/min default");

        Outcome json = fleet.run("config", "print", "--json");
        assertThat(json.out()).doesNotContain("tell-nobody");
        JsonNode settings = new ObjectMapper().readTree(json.out());
        assertThat(settings)
                .anySatisfy(setting -> assertThat(setting.toString())
                        .isEqualTo("{\"setting\":\"gateway.port\",\"value\":\"81\",\"from\":\"fleet.yaml:1\"}"))
                .anySatisfy(setting -> assertThat(setting.toString())
                        .isEqualTo(
                                "{\"setting\":\"cors.origins\",\"value\":[\"https://a.example\",\"https://b.example\"],"
                                        + "\"from\":\"fleet.yaml:3\"}"))
                .anySatisfy(setting -> assertThat(setting.toString())
                        .isEqualTo("{\"setting\":\"brain.url\",\"value\":null,\"from\":\"default\"}"));
    }
}
