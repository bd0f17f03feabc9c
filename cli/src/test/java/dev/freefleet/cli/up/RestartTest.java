package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataPlane;
import dev.freefleet.testkit.Await;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fleet that ends, one way or another, goes on where it was. */
@Timeout(300)
class RestartTest {
    @TempDir
    Path home;

    private FleetProcess start() throws Exception {
        return FleetProcess.up(home, home.resolve("data")).awaitReady();
    }

    private static int query(FleetProcess fleet, String key) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                                    .header("X-API-Key", key)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"whales\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void keysAndDataOutliveATerminationAndAKill() throws Exception {
        Files.writeString(home.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
        String key;
        try (FleetProcess first = start()) {
            key = first.firstKey();
            assertThat(query(first, key)).isEqualTo(200);
            assertThat(first.terminate()).isZero();
            assertThat(first.err()).noneMatch(line -> line.contains("ERROR") || line.contains("cut off"));
            assertThat(DataPlane.running(first.data().resolve("postgres"))).isEmpty();
            assertThat(first.data().resolve("run.json")).doesNotExist();
        }
        try (FleetProcess second = start()) {
            assertThat(second.out()).singleElement().asString().startsWith("ready: ");
            assertThat(second.firstKey()).isEqualTo(key);
            assertThat(query(second, key)).isEqualTo(200);
            second.kill();
        }
        assertThat(new CommandLineTool(home).run("status", "--data", "data").err())
                .contains("No fleet runs on");
        try (FleetProcess third = start()) {
            assertThat(query(third, key)).isEqualTo(200);
            assertThat(third.terminate()).isZero();
        }
    }

    @Test
    void aTerminationInTheMiddleOfTheStartIsOneToo() throws Exception {
        try (FleetProcess fleet = FleetProcess.up(home, home.resolve("data"))) {
            Await.until("the database's directory", () -> Files.exists(home.resolve("data/postgres")));
            assertThat(fleet.terminate()).isZero();
            assertThat(fleet.out()).isEmpty();
            assertThat(DataPlane.running(fleet.data().resolve("postgres"))).isEmpty();
            assertThat(running(fleet.data())).noneMatch(line -> line.contains("initdb") || line.contains("--boot"));
            // A server that has stopped has a few milliseconds' work left when it takes its pid file away.
            Await.until("no server runs", () -> running(fleet.data()).isEmpty());
        }
    }

    private static List<String> running(Path data) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(data.toString()))
                .toList();
    }
}
