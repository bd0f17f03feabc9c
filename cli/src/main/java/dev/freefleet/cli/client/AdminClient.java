package dev.freefleet.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.datadir.AdminToken;
import dev.freefleet.cli.datadir.RunFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A running fleet's admin API, as a command calls it. */
public final class AdminClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
    private static final int TIMEOUT_MILLIS = 30_000;

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
        return call(path, null);
    }

    /** The answer to POST. @throws CommandException if there is none, or it is an error */
    public JsonNode post(String path, ObjectNode content) {
        return call(path, content);
    }

    /** An object to be filled and sent. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    private JsonNode call(String path, @Nullable ObjectNode content) {
        try {
            HttpURLConnection connection = connection(path, content);
            int status = connection.getResponseCode();
            try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
                JsonNode answer = JSON.readTree(in == null ? new byte[0] : in.readAllBytes());
                if (status >= 400) {
                    throw new CommandException(answer.path("detail").asText("The fleet answered " + status + "."));
                }
                return answer;
            }
        } catch (JsonProcessingException e) {
            throw new CommandException("What answers on " + run.admin() + " is not the fleet's admin port.", e);
        } catch (IOException e) {
            throw new CommandException(
                    "The fleet on " + directory + " (process " + run.pid() + ") does not answer on " + run.admin()
                            + "; look at its log.",
                    e);
        }
    }

    /** The old client of the JDK: for one plain request it starts in a third of the time of the new one. */
    private HttpURLConnection connection(String path, @Nullable ObjectNode content) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(run.admin() + path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        if (content != null) {
            byte[] bytes = content.toString().getBytes(StandardCharsets.UTF_8);
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            // Streaming also keeps the JDK from sending a POST twice.
            connection.setFixedLengthStreamingMode(bytes.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(bytes);
            }
        }
        return connection;
    }
}
