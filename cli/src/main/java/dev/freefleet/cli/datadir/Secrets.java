package dev.freefleet.cli.datadir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The secrets of a data directory, each in a file of mode 0600: the signing secrets of keys, {@code secrets/signing.N} by
 * version, 32 random bytes each, and the admin token. Those that are missing are made.
 */
public final class Secrets {
    private static final String PREFIX = "signing.";
    private static final int BYTES = 32;

    private final Path directory;

    Secrets(Path directory) {
        this.directory = directory;
    }

    /**
     * The signing secrets by version, 1 to 255; never empty.
     *
     * @throws DataDirectoryException if one cannot be read or is damaged
     */
    public Map<Integer, byte[]> signing() {
        Path folder = directory.resolve("secrets");
        try {
            PrivateFiles.makeFolder(folder);
            Map<Integer, byte[]> secrets = new TreeMap<>();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (name.startsWith(PREFIX)) {
                        secrets.put(version(file, name), bytes(file));
                    }
                }
            }
            if (secrets.isEmpty()) {
                byte[] secret = random();
                PrivateFiles.write(
                        folder.resolve(PREFIX + "1"), Base64.getEncoder().encodeToString(secret) + "\n");
                secrets.put(1, secret);
            }
            return secrets;
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /**
     * What commands show to the admin port; 43 characters of base64url.
     *
     * @throws DataDirectoryException if it cannot be read or written, or is damaged
     */
    public String adminToken() {
        Path file = directory.resolve(AdminToken.NAME);
        try {
            if (!Files.exists(file)) {
                PrivateFiles.write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random()) + "\n");
            }
            return AdminToken.read(directory);
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /** Whether the first key was made already. */
    public boolean isFirstKeyMade() {
        return Files.exists(firstKeyMade());
    }

    /**
     * Keeps the first key, in {@code first-key}, and that it was made.
     *
     * @throws DataDirectoryException if it cannot be written
     */
    public void keepFirstKey(String key) {
        try {
            PrivateFiles.write(directory.resolve("first-key"), key + "\n");
            PrivateFiles.write(firstKeyMade(), "The first start is done; first-key may be deleted.\n");
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    private Path firstKeyMade() {
        return directory.resolve("secrets").resolve("first-key-made");
    }

    private static int version(Path file, String name) {
        String digits = name.substring(PREFIX.length());
        boolean number =
                !digits.isEmpty() && digits.length() <= 3 && digits.chars().allMatch(Character::isDigit);
        int version = number ? Integer.parseInt(digits) : 0;
        if (version < 1 || version > 255) {
            throw damaged(file, "its name does not end in a version of 1 to 255");
        }
        return version;
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            byte[] secret = Base64.getDecoder().decode(Files.readString(file).strip());
            if (secret.length != BYTES) {
                throw damaged(file, "it does not hold " + BYTES + " bytes");
            }
            return secret;
        } catch (IllegalArgumentException e) {
            throw damaged(file, "it is not base64");
        }
    }

    static DataDirectoryException damaged(Path file, String why) {
        return new DataDirectoryException("The data directory is damaged: " + file + " cannot be used, because " + why
                + "; restore the file from a backup.");
    }

    private static byte[] random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
