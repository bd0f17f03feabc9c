package dev.freefleet.cli.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What was done about backups, a JSON object a line, in {@code DIR/backup/history.jsonl}: written whether or not a database is
 * there, and brought into {@code backup_history} when one is. The last {@value #MOST} lines are kept. Safe for several processes.
 */
final class Ledger {
    private static final int MOST = 2_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path data;
    private final Path folder;

    /** @param data the data directory; where it is not there, nothing is kept */
    Ledger(Path data) {
        this.data = data;
        this.folder = data.resolve("backup");
    }

    /** Whether there is a data directory to keep it in. */
    boolean isKept() {
        return Files.exists(data.resolve("VERSION"));
    }

    private Path file() {
        return folder.resolve("history.jsonl");
    }

    /** Where reports of drills are kept. */
    Path drills() {
        return folder.resolve("drills");
    }

    /** Where what the commands of jobs print is kept, of the last run of each. */
    Path logs() {
        return folder.resolve("logs");
    }

    /** Adds a line. @throws IOException if it cannot be written */
    void add(ObjectNode event) throws IOException {
        if (!isKept()) {
            return;
        }
        makeFolder(folder);
        try (FileChannel lock =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            List<String> lines = held.isValid() ? lines() : List.of();
            if (lines.size() >= MOST) {
                rewrite(lines.subList(lines.size() - MOST / 2, lines.size()));
            }
            try (FileChannel out = FileChannel.open(file(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                // A line that a crash cut is ended, so that it spoils only itself.
                boolean cut = out.size() > 0 && !endsWithNewline();
                out.write(ByteBuffer.wrap(((cut ? "\n" : "") + event + "\n").getBytes(StandardCharsets.UTF_8)));
                out.force(true);
            }
        }
    }

    private boolean endsWithNewline() throws IOException {
        try (FileChannel in = FileChannel.open(file(), StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            in.read(last, in.size() - 1);
            return last.get(0) == '\n';
        }
    }

    private void rewrite(List<String> lines) throws IOException {
        Path fresh = folder.resolve(".history.new");
        Files.write(fresh, lines, StandardCharsets.UTF_8);
        Files.move(fresh, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(file(), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** All lines that can be read, oldest first. @throws IOException if the file cannot be read */
    List<ObjectNode> events() throws IOException {
        List<ObjectNode> events = new ArrayList<>();
        for (String line : lines()) {
            try {
                if (JSON.readTree(line) instanceof ObjectNode event) {
                    events.add(event);
                }
            } catch (JsonProcessingException e) {
                // Half a line, as a crash leaves it.
            }
        }
        return events;
    }
}
