package dev.freefleet.brain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * {@code brain.json} beside the index: which layout and which model the index was made with. Written once, when the Brain
 * is created, before the index is; so an index without it is damaged.
 */
final class StateFile {

    static final String NAME = "brain.json";

    /** Raised when fields, analyzer or splitting change so that an older program cannot read the index. */
    static final int FORMAT = 1;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StateFile() {}

    /** Checks the file, or writes it when the directory holds no Brain yet. */
    static void check(Path directory, Path index) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            if (Files.exists(index)) {
                throw new BrainException("The Brain's directory " + directory + " is damaged: it has an index but no "
                        + NAME + ". Restore it from a snapshot, or delete it and ingest again.");
            }
            write(file);
            return;
        }
        JsonNode state = read(file);
        int format = state.path("format").asInt(0);
        if (format > FORMAT) {
            throw new BrainException("The Brain's directory " + directory + " is of format " + format
                    + ", from a newer version of this program, which reads format " + FORMAT
                    + ". Update the program, or name another directory.");
        }
        String model = state.path("model").asText("");
        if (format < 1 || !model.equals(SentenceModel.ID)) {
            throw new BrainException("The Brain's directory " + directory + " was made with the sentence model \""
                    + model + "\" in format " + format + "; this program has " + SentenceModel.ID
                    + ". Delete the directory and ingest again.");
        }
    }

    private static JsonNode read(Path file) throws IOException {
        try {
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new BrainException(
                    "The Brain's state file " + file
                            + " is damaged. Restore the directory from a snapshot, or delete it and ingest again.",
                    e);
        }
    }

    private static void write(Path file) throws IOException {
        byte[] json = MAPPER.writeValueAsBytes(
                MAPPER.createObjectNode().put("format", FORMAT).put("model", SentenceModel.ID));
        Path temporary = file.resolveSibling(NAME + ".tmp");
        Files.write(temporary, json);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
