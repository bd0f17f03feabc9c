package dev.freefleet.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way back: written under another name beside its place, and given its own when it is complete, so that what stands
 * there is whole, whenever the restore ends. Pieces may come in any order and from several threads.
 */
final class RestoredFile {
    private static final int SMALLEST_HOLE = 4096;
    private static final String PARTIAL = ".fleet-restore-";

    final Entry entry;
    final Path path;
    private final Path partial;
    private @Nullable String lost;
    private boolean started;

    /** @param unique what no other file of any restore is called by until it is complete */
    RestoredFile(Entry entry, Path path, String unique) {
        this.entry = entry;
        this.path = path;
        this.partial = path.resolveSibling(PARTIAL + unique);
    }

    /** Whether a file is called as those of a restore are that wait to be complete. */
    static boolean isPartial(Path file, String restore) {
        return String.valueOf(file.getFileName()).startsWith(PARTIAL + restore + "-");
    }

    /** Makes the file with its length; what is not written to stays a hole. */
    void start() throws IOException {
        try (FileChannel out = FileChannel.open(
                partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            if (entry.size() > 0) {
                out.write(ByteBuffer.allocate(1), entry.size() - 1);
            }
        }
        started = true;
    }

    FileChannel open() throws IOException {
        return FileChannel.open(partial, StandardOpenOption.WRITE);
    }

    /** Returns whether these bytes are better left out than written. */
    static boolean isHole(byte[] b, int off, int len) {
        return len >= SMALLEST_HOLE && allZero(b, off, len);
    }

    static void write(FileChannel out, byte[] b, int off, int len, long at) throws IOException {
        ByteBuffer src = ByteBuffer.wrap(b, off, len);
        while (src.hasRemaining()) {
            out.write(src, at + src.position() - off);
        }
    }

    private static boolean allZero(byte[] b, int off, int len) {
        for (int i = off; i < off + len; i++) {
            if (b[i] != 0) {
                return false;
            }
        }
        return true;
    }

    synchronized void lose(String why) {
        if (lost == null) {
            lost = why;
        }
    }

    synchronized @Nullable String lost() {
        return lost;
    }

    /** Gives the file its name. */
    void finish() throws IOException {
        if (lost() == null) {
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE);
        } else if (started) {
            Files.move(partial, path.resolveSibling(path.getFileName() + ".damaged"), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    Path partial() {
        return partial;
    }
}
