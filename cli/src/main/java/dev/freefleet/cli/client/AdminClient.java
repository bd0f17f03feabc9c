package dev.freefleet.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.datadir.AdminToken;
import dev.freefleet.cli.datadir.RunFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A running fleet's admin API, as a command calls it. */
public final class AdminClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
    private static final int TIMEOUT_MILLIS = 30_000;
    /** A person's usage of years may take a while to be gone through. */
    private static final int LONG_TIMEOUT_MILLIS = 1_800_000;

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
        return call(path, null, problem -> {});
    }

    /** The answer to POST. @throws CommandException if there is none, or it is an error */
    public JsonNode post(String path, ObjectNode content) {
        return call(path, content, problem -> {});
    }

    /**
     * The answer to POST.
     *
     * @param refused sees what the fleet says is wrong before anything is thrown, and may throw something better
     * @throws CommandException if there is none, or it is an error
     */
    public JsonNode post(String path, ObjectNode content, Consumer<JsonNode> refused) {
        return call(path, content, refused);
    }

    /**
     * The objects of an answer that is one a line, as they come.
     *
     * @throws CommandException if there is none, it breaks off, or it is an error; also what {@code each} throws
     */
    public void lines(String path, Consumer<JsonNode> each) {
        try {
            HttpURLConnection connection = connection(path, null);
            if (connection.getResponseCode() >= 400) {
                get(path);
                return;
            }
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                    each.accept(JSON.readTree(line));
                }
            }
        } catch (IOException e) {
            throw new CommandException(
                    "The answer of the fleet on " + directory + " broke off; look at its log and try again.", e);
        }
    }

    /** An object to be filled and sent. */
    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Whom the audit log names: who they are to this machine. */
    private static String actor() {
        String user = System.getProperty("user.name", "").replaceAll("[^!-~]", "_");
        return "cli:" + (user.length() > 60 ? user.substring(0, 60) : user);
    }

    private JsonNode call(String path, @Nullable ObjectNode content, Consumer<JsonNode> refused) {
        try {
            HttpURLConnection connection = connection(path, content);
            int status = connection.getResponseCode();
            try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
                JsonNode answer = JSON.readTree(in == null ? new byte[0] : in.readAllBytes());
                if (status >= 400) {
                    refused.accept(answer);
                    String detail = answer.path("detail").asText("The fleet answered " + status + ".");
                    throw status == HttpURLConnection.HTTP_BAD_REQUEST
                            ? CommandException.wrongUsage(detail)
                            : new CommandException(detail);
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
        connection.setReadTimeout(path.endsWith("/forget") ? LONG_TIMEOUT_MILLIS : TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        connection.setRequestProperty("X-Fleet-Actor", actor());
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
