package dev.freefleet.cli.datadir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
     * @throws DataDirectoryException if one cannot be read or is damaged, or all are gone of a directory that had some
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
                if (Files.exists(directory.resolve("first-key")) || Files.exists(directory.resolve("postgres"))) {
                    throw new DataDirectoryException("The data directory is damaged: the signing secrets in " + folder
                            + " are gone, and without them no key that was given out is valid; restore the folder from a"
                            + " backup, or begin anew in another directory with --data.");
                }
                secrets.put(1, make(1));
            }
            return secrets;
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /**
     * Makes another signing secret, above all that there are.
     *
     * @throws IllegalStateException if the versions are used up; the message is a sentence
     * @throws DataDirectoryException if it cannot be written
     */
    public void addSigning() {
        int version = Collections.max(signing().keySet()) + 1;
        if (version > 255) {
            throw new IllegalStateException(
                    "There have been 255 signing secrets, and there can be no more; begin anew in"
                            + " another data directory.");
        }
        try {
            make(version);
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /**
     * Deletes a signing secret for ever.
     *
     * @throws DataDirectoryException if it cannot be deleted
     */
    public void removeSigning(int version) {
        try {
            Files.deleteIfExists(directory.resolve("secrets").resolve(PREFIX + version));
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /**
     * What the digests of questions in usage records are keyed with, 32 bytes, {@code secrets/query-digest}; made where it is missing.
     * Fleets on one database need the same, for equal questions to have equal digests.
     *
     * @throws DataDirectoryException if it cannot be read or written, or is damaged
     */
    public byte[] queryDigest() {
        Path file = directory.resolve("secrets").resolve("query-digest");
        try {
            if (!Files.exists(file)) {
                PrivateFiles.makeFolder(directory.resolve("secrets"));
                PrivateFiles.write(file, Base64.getEncoder().encodeToString(random()) + "\n");
            }
            return bytes(file);
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    private byte[] make(int version) throws IOException {
        byte[] secret = random();
        PrivateFiles.write(
                directory.resolve("secrets").resolve(PREFIX + version),
                Base64.getEncoder().encodeToString(secret) + "\n");
        return secret;
    }

    /**
     * What commands show to the admin port; 43 characters of base64url.
     *
     * @throws DataDirectoryException if it cannot be read or written, or is damaged
     */
    public String adminToken() {
        return token(AdminToken.NAME);
    }

    /**
     * What the reference Brain's {@code /admin/snapshot} wants to be shown; 43 characters of base64url.
     *
     * @throws DataDirectoryException if it cannot be read or written, or is damaged
     */
    public String brainAdminKey() {
        return token("brain-admin-key");
    }

    private String token(String name) {
        Path file = directory.resolve(name);
        try {
            if (!Files.exists(file)) {
                PrivateFiles.write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random()) + "\n");
            }
            return AdminToken.readFile(file);
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /** Whether the first start is done, after which no first key is made. */
    public boolean isFirstKeyMade() {
        return Files.exists(firstKeyMade());
    }

    /**
     * Keeps the first key, in {@code first-key}, before it is valid; {@link #endFirstStart} says that it is.
     *
     * @throws DataDirectoryException if it cannot be written
     */
    public void keepFirstKey(String key) {
        try {
            PrivateFiles.write(directory.resolve("first-key"), key + "\n");
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /**
     * The first key that is kept; null where there is none.
     *
     * @throws DataDirectoryException if it cannot be read
     */
    public @Nullable String firstKey() {
        Path file = directory.resolve("first-key");
        try {
            return Files.exists(file) ? Files.readString(file).strip() : null;
        } catch (IOException e) {
            throw DataDirectory.unusable(directory, e);
        }
    }

    /**
     * Says that no first key is to be made here any more.
     *
     * @throws DataDirectoryException if it cannot be written
     */
    public void endFirstStart() {
        try {
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
