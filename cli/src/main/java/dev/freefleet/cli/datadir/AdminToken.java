package dev.freefleet.cli.datadir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The token of a data directory's admin port, as those read it who may. */
public final class AdminToken {
    static final String NAME = "admin-token";
    private static final int MIN_LENGTH = 32;

    private AdminToken() {}

    /**
     * Reads it.
     *
     * @throws IOException if the file is missing or may not be read
     * @throws DataDirectoryException if the file holds no token
     */
    public static String read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        String token = Files.readString(file).strip();
        boolean visible = token.chars().allMatch(c -> c > ' ' && c < 127);
        if (token.length() < MIN_LENGTH || !visible) {
            throw Secrets.damaged(file, "it holds no token of " + MIN_LENGTH + " characters or more");
        }
        return token;
    }
}
