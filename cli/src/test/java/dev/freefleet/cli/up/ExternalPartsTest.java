package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fleet before somebody's own Brain, which is away, and on somebody's own PostgreSQL, with logs for machines. */
@Timeout(300)
class ExternalPartsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private Path config(DataConfig.External database) throws Exception {
        Files.writeString(home.resolve("password"), database.password() + "\n");
        return Files.writeString(home.resolve("other.yaml"), """
                database:
                  url: "%s"
                  user: "%s"
                  password: file:password
                log: {format: json}
                """.formatted(database.url(), database.user()));
    }

    private static int query(FleetProcess fleet) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                                    .header("X-API-Key", fleet.firstKey())
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"whales\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void aBrainThatIsAwayKeepsNothingFromStartingAndIsA502() throws Exception {
        String brain = "http://127.0.0.1:" + freePort();
        Path server = home.resolve("server");
        try (DataPlane other = DataPlane.open(DataConfig.embedded(server), Clock.systemUTC())) {
            DataConfig.External database = (DataConfig.External)
                    DataPlane.running(server).orElseThrow().database();
            try (FleetProcess fleet = FleetProcess.up(
                            home,
                            home.resolve("data"),
                            "--brain",
                            brain,
                            "--config",
                            config(database).toString())
                    .awaitReady()) {
                assertThat(query(fleet)).isEqualTo(502);
                JsonNode status = JSON.readTree(new CommandLineTool(home)
                        .run("status", "--data", "data", "--json")
                        .out());
                assertThat(status.path("status").asText()).isEqualTo("degraded");
                assertThat(status.path("parts").get(1).toString())
                        .isEqualTo("{\"name\":\"brain\",\"status\":\"down\",\"detail\":\"down at " + brain + "\"}");
                assertThat(status.path("parts").get(2).path("detail").asText())
                        .doesNotContain("embedded")
                        .doesNotContain(database.password());
                assertThat(other.users().find("owner")).isPresent();
                assertThat(fleet.terminate()).isZero();
                assertThat(fleet.err()).isNotEmpty().allSatisfy(line -> {
                    assertThat(JSON.readTree(line).path("level").asText()).isIn("INFO", "WARN");
                    assertThat(line).doesNotContain(database.password());
                });
            }
            assertThat(home.resolve("data/brain")).doesNotExist();
            assertThat(home.resolve("data/postgres")).doesNotExist();
        }
    }
}
