package dev.freefleet.cli.datadir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** The signing secrets of a data directory, read beside a running fleet and never made. */
public final class SigningFiles {
    private SigningFiles() {}

    /**
     * In base64url without padding by version; empty where no fleet has made any yet.
     *
     * @throws DataDirectoryException if one cannot be read or is damaged
     */
    public static Map<String, String> read(Path directory) {
        Map<String, String> secrets = new TreeMap<>();
        if (Files.isDirectory(directory.resolve("secrets")) && new Secrets(directory).isFirstKeyMade()) {
            new Secrets(directory)
                    .signing()
                    .forEach((version, bytes) -> secrets.put(
                            Integer.toString(version),
                            Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
        }
        return secrets;
    }
}
