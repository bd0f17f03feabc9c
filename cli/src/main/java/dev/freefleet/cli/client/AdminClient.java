package dev.freefleet.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.datadir.AdminToken;
import dev.freefleet.cli.datadir.RunFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** A running fleet's admin API, as a command calls it. */
public final class AdminClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final RunFile run;
    private final String token;
    private final Path directory;

    private AdminClient(RunFile run, String token, Path directory) {
        this.run = run;
        this.token = token;
        this.directory = directory;
    }

    /**
     * The fleet that runs on this data directory.
     *
     * @throws CommandException if none does, or its token may not be read
     */
    public static AdminClient of(Path directory) {
        try {
            RunFile run = RunFile.read(directory);
            if (run == null) {
                throw new CommandException("No fleet runs on the data directory " + directory
                        + "; start it with ./fleet up, or name another directory with --data or FLEET_DATA.");
            }
            return new AdminClient(run, AdminToken.read(directory), directory);
        } catch (IOException e) {
            throw new CommandException(
                    "The files of the data directory " + directory
                            + " cannot be read; run this as the user that runs the fleet.",
                    e);
        }
    }

    /** What the fleet announced of itself. */
    public RunFile run() {
        return run;
    }

    /** The answer to GET. @throws CommandException if there is none, or it is an error */
    public JsonNode get(String path) {
        return send(request(path).GET().build());
    }

    /** The answer to POST. @throws CommandException if there is none, or it is an error */
    public JsonNode post(String path, ObjectNode content) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(content.toString()))
                .build());
    }

    /** An object to be filled and sent. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(run.admin() + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest request) {
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build()) {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            JsonNode answer = JSON.readTree(response.body());
            if (response.statusCode() >= 400) {
                throw new CommandException(
                        answer.path("detail").asText("The fleet answered " + response.statusCode() + "."));
            }
            return answer;
        } catch (JsonProcessingException e) {
            throw new CommandException("What answers on " + run.admin() + " is not the fleet's admin port.", e);
        } catch (IOException e) {
            throw new CommandException(
                    "The fleet on " + directory + " (process " + run.pid() + ") does not answer on " + run.admin()
                            + "; look at its log.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("Interrupted.", e);
        }
    }
}
