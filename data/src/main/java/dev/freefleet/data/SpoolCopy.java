package dev.freefleet.data;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A spool of usage events as a tar, from beside the fleet that writes to it: {@code id} and the segments. Unpacked into an empty folder
 * it is a spool.
 *
 * <p>Together with a database of any other moment each event arrives at most once: it is at one place of the spool for good, the database's
 * mark says which places it has, and a new process uses none of the old ones. What arrived and left the spool before the copy is in a
 * database of a later moment, so the copy is to be made first; then nothing is missing but what came after it.
 *
 * <p>The ring is left out: of what is in it only its own process can tell whether it is in the spool already.
 */
public final class SpoolCopy {
    private SpoolCopy() {}

    /** Whether there is a spool that was used. */
    public static boolean isThere(Path spool) {
        return Files.exists(spool.resolve(SpoolDirectory.ID));
    }

    /** The tar; each file is read when its turn comes. @throws IOException if the folder cannot be read */
    public static InputStream stream(Path spool) throws IOException {
        String id = Files.readString(spool.resolve(SpoolDirectory.ID)).strip();
        TreeMap<Long, Path> segments = new TreeMap<>();
        try (Stream<Path> files = Files.list(spool)) {
            for (Path file : files.toList()) {
                @Nullable Long number = SpoolDirectory.number(file);
                if (number != null) {
                    segments.put(number, file);
                }
            }
        }
        return new Pieces(id, segments.values().iterator());
    }

    private static final class Pieces extends TarPieces {
        private final Iterator<Path> segments;
        private @Nullable String id;

        Pieces(String id, Iterator<Path> segments) {
            this.id = id;
            this.segments = segments;
        }

        @Override
        boolean next() throws IOException {
            String first = id;
            id = null;
            if (first != null) {
                member(SpoolDirectory.ID, (first + "\n").getBytes(US_ASCII));
                return true;
            }
            while (segments.hasNext()) {
                Path segment = segments.next();
                try {
                    // Of the one that is being written, the last record may be half there; a spool that is opened cuts
                    // it off.
                    member(segment.getFileName().toString(), Files.readAllBytes(segment));
                    return true;
                } catch (NoSuchFileException e) {
                    // Wholly delivered since the folder was listed.
                }
            }
            return false;
        }
    }
}
