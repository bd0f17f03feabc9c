package dev.freefleet.cli.datadir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The files of a data directory that belong to edges elsewhere, in the folder {@code edge}. They may be made and read beside a
 * running fleet, which looks at the token again every few seconds:
 *
 * <pre>
 * token         what an edge shows to the fleet
 * kv-namespace  the id of the namespace in Workers KV
 * purges        the last purges
 * kv.json       what is used of the day's budget of Workers KV, and which answers are there
 * bundle/       the Worker as it is deployed
 * tools/        the pinned Wrangler and its Node
 * </pre>
 */
public final class EdgeFiles {
    private static final int TOKEN_BYTES = 32;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private final Path directory;
    private final Path folder;

    /** @param directory a data directory */
    public EdgeFiles(Path directory) {
        this.directory = directory;
        folder = directory.resolve("edge");
    }

    /** The token, or "" where none was made. @throws DataDirectoryException if it cannot be read or is none */
    public String token() {
        Path file = folder.resolve("token");
        try {
            return Files.exists(file) ? AdminToken.readFile(file) : "";
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /** Makes the token where there is none, with the folder. @return whether it was made now */
    public boolean makeToken() {
        if (!token().isEmpty()) {
            return false;
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        write("token", Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\n");
        return true;
    }

    /**
     * The id of the namespace that was made, or "".
     *
     * @throws DataDirectoryException if it cannot be read or is no id: it goes into paths of Cloudflare's API as it is
     */
    public String kvNamespace() {
        Path file = folder.resolve("kv-namespace");
        try {
            String id = Files.exists(file) ? Files.readString(file).strip() : "";
            if (!id.isEmpty() && !ID.matcher(id).matches()) {
                throw new DataDirectoryException("The data directory is damaged: " + file
                        + " does not hold the id of a namespace, 32 of 0-9 a-f; write into it the id that Cloudflare's dashboard"
                        + " shows, or delete it and make a new namespace with: ./fleet edge init");
            }
            return id;
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    public void keepKvNamespace(String id) {
        write("kv-namespace", id + "\n");
    }

    /** Writes a file of the folder with mode 0600, and the folders above it with mode 0700. */
    public void write(String name, String text) {
        Path file = folder.resolve(name);
        try {
            PrivateFiles.makeFolder(Objects.requireNonNull(file.getParent(), "a file of the folder"));
            PrivateFiles.write(file, text);
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /** The folder itself, made where it is missing. */
    public Path folder() {
        try {
            PrivateFiles.makeFolder(folder);
            return folder;
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    public Path purges() {
        return folder().resolve("purges");
    }

    public Path kvState() {
        return folder().resolve("kv.json");
    }

    public Path bundle() {
        return folder.resolve("bundle");
    }

    public Path tools() {
        return folder.resolve("tools");
    }
}
