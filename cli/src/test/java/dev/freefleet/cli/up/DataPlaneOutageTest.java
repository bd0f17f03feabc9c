package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.edge.KeyFormat;
import dev.freefleet.testkit.Await;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The database hangs under a running fleet. */
@Timeout(300)
class DataPlaneOutageTest {
    private static final String SECRET = "Xylophagous-secret-question";

    @TempDir
    Path home;

    private static int status(HttpClient client, FleetProcess fleet, String key) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(fleet.gateway().resolve("/query?q=whales"))
                                .header("X-API-Key", key)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static void signal(long pid, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static String id(CommandLineTool tool, String name) throws Exception {
        return new ObjectMapper()
                .readTree(tool.run("keys", "list", "--data", "data", "--json").out())
                .valueStream()
                .filter(key -> key.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
    }

    /** This key as somebody makes it up who knows all of it but its last 16 bytes, the mac. */
    private static String withAnotherMac(String key) {
        String body = key.substring(KeyFormat.PREFIX.length());
        byte[] bytes = Base64.getUrlDecoder().decode(body);
        bytes[bytes.length - KeyFormat.MAC_BYTES] ^= 1;
        String forged =
                KeyFormat.PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        assertThat(KeyFormat.parse(forged)).isInstanceOf(KeyFormat.Parsed.Key.class);
        return forged;
    }

    @Test
    void aDatabaseThatIsGoneIsNever401() throws Exception {
        Files.writeString(home.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
        CommandLineTool tool = new CommandLineTool(home);
        try (HttpClient client = HttpClient.newHttpClient();
                FleetProcess fleet = FleetProcess.up(home, home.resolve("data")).awaitReady()) {
            String[] create = {"keys", "create", "--data", "data", "--user", "owner", "--name"};
            String first = tool.run(with(create, "used")).out().strip();
            String unused = tool.run(with(create, "unused")).out().strip();
            assertThat(status(client, fleet, first)).isEqualTo(200);
            String revoked = tool.run(with(create, "revoked")).out().strip();
            assertThat(tool.run("keys", "revoke", "--data", "data", id(tool, "revoked"))
                            .code())
                    .isZero();
            assertThat(status(client, fleet, revoked)).isEqualTo(401);
            String imported = "a-key-from-elsewhere-0123456789";
            Files.writeString(home.resolve("keys.csv"), "key,user,name\n" + imported + ",owner,imported\n");
            assertThat(tool.run("keys", "import", "--data", "data", "keys.csv").code())
                    .isZero();
            long server = Long.parseLong(Files.readAllLines(home.resolve("data/postgres/cluster/postmaster.pid"))
                    .getFirst());
            long[] backends = ProcessHandle.of(server)
                    .orElseThrow()
                    .children()
                    .mapToLong(ProcessHandle::pid)
                    .toArray();

            signal(server, "STOP");
            for (long backend : backends) {
                signal(backend, "STOP");
            }
            try {
                assertThat(status(client, fleet, first)).isEqualTo(200);
                assertThat(status(client, fleet, unused))
                        .as("a key that nobody has shown yet")
                        .isEqualTo(200);
                assertThat(status(client, fleet, imported))
                        .as("an imported key")
                        .isEqualTo(200);
                // None of these is looked for in the database: each is decided by what the gateway knows.
                assertThat(status(client, fleet, first.substring(0, 60)))
                        .as("a key that is cut")
                        .isEqualTo(401);
                assertThat(status(client, fleet, withAnotherMac(first)))
                        .as("a well-formed key that the fleet did not sign")
                        .isEqualTo(401);
                assertThat(status(client, fleet, "another" + imported))
                        .as("a key of nobody")
                        .isEqualTo(401);
                assertThat(status(client, fleet, revoked)).as("a revoked key").isEqualTo(401);
            } finally {
                signal(server, "CONT");
                for (long backend : backends) {
                    if (ProcessHandle.of(backend).isPresent()) {
                        signal(backend, "CONT");
                    }
                }
            }
        }
    }

    /** A question asked in each way that there is, to be told apart by its end. */
    private static Map<String, HttpRequest.Builder> ways(FleetProcess fleet) throws Exception {
        Map<String, HttpRequest.Builder> ways = new LinkedHashMap<>();
        ways.put("GET", HttpRequest.newBuilder(fleet.gateway().resolve("/query?q=" + SECRET + "-GET")));
        for (String method : List.of("POST", "QUERY")) {
            ways.put(
                    method,
                    HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                            .header("Content-Type", "application/json")
                            .method(
                                    method,
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"query\":\"" + SECRET + "-" + method + "\"}")));
        }
        return ways;
    }

    private static int ask(HttpClient client, HttpRequest.Builder way, String key) throws Exception {
        return client.send(way.copy().header("X-API-Key", key).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String metrics(HttpClient client, FleetProcess fleet) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(fleet.admin().resolve("/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void isInNoLogAndNoMetric(HttpClient client, FleetProcess fleet, String key) throws Exception {
        assertThat(metrics(client, fleet))
                .contains("fleet_usage_accepted_total")
                .doesNotContainIgnoringCase("xylophagous");
        assertThat(fleet.terminate()).isZero();
        assertThat(String.join("\n", fleet.err()))
                .doesNotContainIgnoringCase("xylophagous")
                .doesNotContain(key);
    }

    private void isRecorded(Iterable<String> methods) throws Exception {
        CommandLineTool tool = new CommandLineTool(home);
        for (String method : methods) {
            Await.until(
                    "it is recorded",
                    () -> tool.run("usage", "query", "--data", "data", "--format", "json")
                            .out()
                            .contains(SECRET + "-" + method));
        }
    }

    /** Answered and recorded, refused, and failed to be written: a question stands in its record and nowhere else. */
    @Test
    void whatIsAskedIsInNoLogAndNoMetric() throws Exception {
        Files.writeString(home.resolve("README.md"), "# Whales\n\nThe blue whale is the largest animal.\n");
        Files.writeString(home.resolve("fleet.yaml"), "log: {level: debug}\n");
        try (HttpClient client = HttpClient.newHttpClient();
                FleetProcess fleet = FleetProcess.up(home, home.resolve("data")).awaitReady()) {
            String key = fleet.firstKey();
            Map<String, HttpRequest.Builder> ways = ways(fleet);
            for (HttpRequest.Builder way : ways.values()) {
                assertThat(ask(client, way, key)).isEqualTo(200);
                assertThat(ask(client, way, "sff_" + SECRET)).isEqualTo(401);
            }
            isRecorded(ways.keySet());
            long server = Long.parseLong(Files.readAllLines(home.resolve("data/postgres/cluster/postmaster.pid"))
                    .getFirst());
            signal(server, "KILL");
            for (HttpRequest.Builder way : ways.values()) {
                assertThat(ask(client, way, key)).isEqualTo(200);
            }
            Await.until(
                    "the database is missed",
                    () -> String.join("\n", fleet.err()).contains("cannot be written yet"));
            isInNoLogAndNoMetric(client, fleet, key);
        }
    }

    /** What is told of a Brain that cannot be reached names the Brain, not what it was to be asked. */
    @Test
    void whatIsAskedOfADeadBrainIsInNoLogAndNoMetric() throws Exception {
        Files.writeString(home.resolve("fleet.yaml"), "log: {level: debug}\n");
        try (HttpClient client = HttpClient.newHttpClient();
                FleetProcess fleet = FleetProcess.up(home, home.resolve("data"), "--brain", "http://127.0.0.1:1")
                        .awaitReady()) {
            String key = fleet.firstKey();
            Map<String, HttpRequest.Builder> ways = ways(fleet);
            for (HttpRequest.Builder way : ways.values()) {
                assertThat(ask(client, way, key)).isBetween(502, 504);
            }
            isRecorded(ways.keySet());
            isInNoLogAndNoMetric(client, fleet, key);
        }
    }

    private static String[] with(String[] arguments, String last) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = last;
        return all;
    }
}
