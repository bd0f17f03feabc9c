package dev.freefleet.data;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What the embedded server says, bounded to twice 4 MB.
 *
 * @param file where the server appends to
 */
record ServerLog(Path file) {
    private static final long LONGEST = 4 << 20;

    long size() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** The server appends, so a file that is copied away and cut to nothing goes on from its beginning. */
    void rotate() throws IOException {
        if (size() > LONGEST) {
            Files.copy(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                    .close();
        }
    }

    /** Why the server gave up, from what it said after the first {@code from} bytes; empty where it said nothing of it. */
    String lastFatal(long from) throws IOException {
        if (size() <= from) {
            return "";
        }
        byte[] all = Files.readAllBytes(file);
        List<String> fatal = new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("FATAL:"))
                .toList();
        return fatal.isEmpty() ? "" : fatal.getLast().replaceFirst(".*FATAL:\\s*", "");
    }
}
