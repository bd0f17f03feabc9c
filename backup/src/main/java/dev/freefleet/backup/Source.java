package dev.freefleet.backup;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is backed up. */
public sealed interface Source {
    /** Returns the source's name; snapshots of one host and source follow one another. */
    String name();

    /**
     * A folder with all that is in it, other file systems too.
     *
     * @param name of the source
     * @param root the folder
     * @param exclude paths relative to the root that are left out, as globs of {@link java.nio.file.FileSystem#getPathMatcher}
     * @param reread whether files are read whose size and times are as in the snapshot before; false by default
     */
    record Folder(String name, Path root, List<String> exclude, boolean reread) implements Source {
        public Folder {
            requireNonNull(name, "name");
            requireNonNull(root, "root");
            exclude = List.copyOf(exclude);
        }

        /** Returns a source of all that is in the folder. */
        public static Folder of(String name, Path root) {
            return new Folder(name, root, List.of(), false);
        }
    }

    /**
     * A stream, such as a Brain's snapshot or a database's dump. Recorded only if it comes to its end, has the length and digest that were
     * promised and, if it is to be a tar, ends as a tar does.
     *
     * @param name of the source
     * @param opener opens the stream; its exceptions fail the backup
     * @param length promised length in bytes, or -1
     * @param sha256 promised digest in hexadecimal, or null
     * @param tar whether anything but a whole tar stream is refused
     */
    record Stream(
            String name,
            Opener opener,
            long length,
            @Nullable String sha256,
            boolean tar) implements Source {
        public Stream {
            requireNonNull(name, "name");
            requireNonNull(opener, "opener");
        }
    }

    /** Opens a stream. */
    @FunctionalInterface
    interface Opener {
        /** Returns the stream from its beginning. */
        InputStream open() throws IOException;
    }
}
