package dev.freefleet.cli.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.client.CommandException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** Asks a Brain directly, past any gateway: what a cache remembers proves nothing. */
final class BrainCaller implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final Duration START = Duration.ofMinutes(10);
    private static final long POLL_MILLIS = 200;

    private final URI brain;
    private final Map<String, String> headers;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    /** @param headers what the Brain wants to be shown; never part of a message */
    BrainCaller(URI brain, Map<String, String> headers) {
        this.brain = brain;
        this.headers = Map.copyOf(headers);
    }

    /**
     * What it said.
     *
     * @param status 0 where nothing came
     * @param problem why there is no answer; empty where there is one
     */
    record Reply(int status, JsonNode content, String problem) {}

    Reply ask(String question) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at("query"))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        JSON.createObjectNode().put("query", question).toString()));
        headers.forEach(request::header);
        try {
            HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                return new Reply(answer.statusCode(), JSON.nullNode(), "it answers with status " + answer.statusCode());
            }
            return new Reply(200, JSON.readTree(answer.body()), "");
        } catch (JsonProcessingException e) {
            return new Reply(200, JSON.nullNode(), "its answer is no JSON");
        } catch (IOException e) {
            return new Reply(0, JSON.nullNode(), "it does not answer: " + e.getMessage());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits until it says that it is well. @throws CommandException if it does not within ten minutes, or {@code dead} says it never will */
    void awaitHealthy(java.util.function.BooleanSupplier dead) {
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline) {
            if (dead.getAsBoolean()) {
                throw new CommandException("The Brain on the restored snapshot ended before it answered.");
            }
            try {
                HttpResponse<byte[]> health = client.send(
                        HttpRequest.newBuilder(at("health"))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                if (health.statusCode() == 200
                        && JSON.readTree(health.body()).path("status").asText().equals("healthy")) {
                    return;
                }
            } catch (IOException e) {
                // Not yet.
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        throw new CommandException(
                "The Brain at " + brain + " is not healthy after " + START.toMinutes() + " minutes.");
    }

    private static CommandException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandException("The drill was interrupted.", e);
    }

    private URI at(String call) {
        String base = brain.toString();
        return URI.create(base + (base.endsWith("/") ? "" : "/") + call);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
