package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A fleet before somebody's own Brain, which is away. */
@Timeout(300)
class ExternalBrainTest {
    @TempDir
    Path home;

    @Test
    void aBrainThatIsAwayKeepsNothingFromStartingAndIsA502() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (FleetProcess fleet = FleetProcess.start(home, home.resolve("data"), "--brain", "http://127.0.0.1:" + port)
                        .awaitReady();
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                            .header("X-API-Key", fleet.firstKey())
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"whales\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(502);
            JsonNode status = new ObjectMapper()
                    .readTree(new CommandLineTool(home)
                            .run("status", "--data", "data", "--json")
                            .out());
            assertThat(status.path("status").asText()).isEqualTo("degraded");
            assertThat(status.path("parts").get(1).toString())
                    .isEqualTo("{\"name\":\"brain\",\"status\":\"down\",\"detail\":\"down at http://127.0.0.1:" + port
                            + "\"}");
            assertThat(home.resolve("data/brain")).doesNotExist();
        }
    }
}
