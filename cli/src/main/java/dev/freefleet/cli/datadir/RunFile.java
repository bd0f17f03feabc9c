package dev.freefleet.cli.datadir;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code run.json}: where a running fleet is reached.
 *
 * @param pid its process
 * @param gateway the gateway's address
 * @param admin the admin port's address
 * @param brain where the Brain is that it asks
 */
public record RunFile(long pid, URI gateway, URI admin, URI brain) {
    static final String NAME = "run.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    public RunFile {
        requireNonNull(gateway, "gateway");
        requireNonNull(admin, "admin");
        requireNonNull(brain, "brain");
    }

    void write(Path directory) throws IOException {
        String text = JSON.createObjectNode()
                .put("pid", pid)
                .put("gateway", gateway.toString())
                .put("admin", admin.toString())
                .put("brain", brain.toString())
                .toPrettyString();
        PrivateFiles.write(directory.resolve(NAME), text + "\n");
    }

    /**
     * What the data directory's running fleet announced, or null where none did, or it ended without taking it back.
     *
     * @throws IOException if the file may not be read
     */
    public static @Nullable RunFile read(Path directory) throws IOException {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(directory.resolve(NAME)));
            RunFile run = new RunFile(
                    json.path("pid").asLong(),
                    URI.create(json.path("gateway").asText()),
                    URI.create(json.path("admin").asText()),
                    URI.create(json.path("brain").asText()));
            return ProcessHandle.of(run.pid()).isPresent() ? run : null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return null;
        }
    }
}
