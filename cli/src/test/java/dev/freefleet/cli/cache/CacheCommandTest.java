package dev.freefleet.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.FleetProcess;
import dev.freefleet.testkit.TestOrigin;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code fleet cache ...} on a running fleet, and what is left of its answers after a kill. */
@Timeout(300)
class CacheCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path home;

    private final AtomicInteger asked = new AtomicInteger();

    private TestOrigin brain() {
        return TestOrigin.start(exchange -> {
            if (exchange.target().startsWith("/health")) {
                exchange.json("{\"status\":\"healthy\",\"last_update\":\"monday\"}");
            } else {
                exchange.json(
                        "{\"answer\":\"number " + asked.incrementAndGet() + "\",\"sources\":[{\"id\":\"doc-1\"}]}");
            }
        });
    }

    private FleetProcess start(TestOrigin brain) throws Exception {
        return FleetProcess.up(
                        home, home.resolve("data"), "--brain", brain.url().toString())
                .awaitReady();
    }

    private static HttpResponse<String> ask(FleetProcess fleet, String question) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(fleet.gateway().resolve("/query"))
                            .header("X-API-Key", fleet.firstKey())
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"" + question + "\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String cacheStatus(HttpResponse<String> answer) {
        return answer.headers().firstValue("cache-status").orElseThrow();
    }

    private CommandLineTool.Outcome cache(String... arguments) {
        List<String> all = new ArrayList<>(List.of("cache"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--data", "data"));
        CommandLineTool.Outcome outcome = new CommandLineTool(home).run(all.toArray(String[]::new));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return outcome;
    }

    private JsonNode json(String... arguments) throws Exception {
        return JSON.readTree(cache(arguments).out());
    }

    @Test
    void answersAreShownPurgedAndOutliveAKill() throws Exception {
        TestOrigin brain = brain();
        String kept;
        try (FleetProcess fleet = start(brain)) {
            ask(fleet, "a");
            ask(fleet, "b");
            assertThat(cacheStatus(ask(fleet, "a"))).contains("; hit");

            JsonNode shown = json("show", "--route", "query", "--json");
            assertThat(shown).hasSize(2);
            String key = shown.path(0).path("key").asText();
            assertThat(key).startsWith("query:");
            assertThat(shown.path(0).path("fresh").asBoolean()).isTrue();
            assertThat(shown.path(0).path("ttl").asInt()).isBetween(3_000, 3_600);
            assertThat(shown.path(0).path("tags").path(0).asText()).isEqualTo("doc-1");
            assertThat(shown.path(0).path("index_version").asText()).isEqualTo("monday");
            assertThat(json("show", "--tag", "doc-2", "--json")).isEmpty();
            assertThat(cache("show", "--limit", "1").out().lines()).hasSize(2);
            assertThat(cache("show", key).out())
                    .contains(key)
                    .contains("application/json")
                    .contains("doc-1");

            JsonNode stats = json("stats", "--json");
            assertThat(stats.path("requests").path("hit").asInt()).isEqualTo(1);
            assertThat(stats.path("requests").path("miss").asInt()).isEqualTo(2);
            assertThat(stats.path("memory").path("keys").asInt()).isEqualTo(2);
            assertThat(stats.path("disk").path("on").asInt()).isEqualTo(1);
            assertThat(cache("stats").out()).contains("1 of 3 requests (33 %) were answered without the Brain.");

            assertThat(cache("purge", "--key", key).out()).isEqualTo("1 answer removed.\n");
            assertThat(json("purge", "--tag", "doc-1", "--json").path("removed").asInt())
                    .isEqualTo(1);
            assertThat(cache("purge", "--route", "wisdom").out()).isEqualTo("0 answers removed.\n");
            ask(fleet, "c");
            assertThat(cache("purge", "--all").out()).isEqualTo("1 answer removed.\n");
            assertThat(fleet.err()).anyMatch(line -> line.contains("audit: cache purge of tag \"doc-1\""));
            assertThat(new CommandLineTool(home).run("cache", "purge", "--route", "nowhere", "--data", "data"))
                    .satisfies(refused -> {
                        assertThat(refused.code()).isEqualTo(2);
                        assertThat(refused.err()).contains("There is no route \"nowhere\"");
                    });

            kept = ask(fleet, "d").body();
            json("purge", "--tag", "nothing", "--json"); // by its end the disk has what was asked before
            fleet.kill();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("data/cache"))))
                .isEqualTo("rwx------");
        brain.close();
        try (FleetProcess fleet = start(brain)) {
            HttpResponse<String> answer = ask(fleet, "d");
            assertThat(answer.body()).isEqualTo(kept);
            assertThat(cacheStatus(answer)).contains("; hit");
            assertThat(ask(fleet, "a").statusCode()).as("what was purged").isEqualTo(502);
            assertThat(fleet.terminate()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"purge", "purge --all --tag x", "purge --key x --route query", "show query:1 --tag x"})
    void whatDoesNotSayWhatIsWrongUsage(String line) {
        CommandLineTool.Outcome outcome = new CommandLineTool(home).run(("cache " + line).split(" ", -1));
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("fleet: ");
    }
}
