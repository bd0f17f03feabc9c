package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;

/** What opens a repository: a passphrase or a key file. Neither appears in {@code toString}. */
public sealed interface Unlock {
    /** Returns a passphrase; Unicode is normalised (NFC), so that keyboards do not matter. It must not be empty. */
    static Unlock passphrase(CharSequence passphrase) {
        if (passphrase.isEmpty()) {
            throw new BackupException(Reason.REFUSED, "The passphrase is empty; give one of several words.");
        }
        return new Passphrase(
                Normalizer.normalize(passphrase, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the content of a key file, which must have 32 bytes at least and 64 KiB at most. */
    static Unlock keyFile(Path file) {
        try {
            long size = Files.size(file);
            if (size < 32 || size > 65536) {
                throw new BackupException(
                        Reason.WRONG_KEY, file + " has " + size + " bytes; a key file has between 32 and 65536.");
            }
            return new KeyFile(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new BackupException(Reason.WRONG_KEY, null, "The key file " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * Writes a new key file that only its owner may read, and returns its content.
     *
     * @throws BackupException of reason {@code ALREADY_EXISTS} if the file is there
     */
    static Unlock newKeyFile(Path file, SecureRandom random) {
        byte[] key = new byte[48];
        random.nextBytes(key);
        byte[] text = (Base64.getEncoder().encodeToString(key) + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(file, text, StandardOpenOption.SYNC);
        } catch (FileAlreadyExistsException e) {
            throw new BackupException(
                    Reason.ALREADY_EXISTS, null, file + " is there already; a key file is never overwritten.", e);
        } catch (IOException e) {
            throw new BackupException(Reason.REFUSED, null, "The key file " + file + " cannot be written: " + e, e);
        }
        return new KeyFile(text);
    }

    /** A passphrase as UTF-8. */
    final class Passphrase implements Unlock {
        private final byte[] utf8;

        private Passphrase(byte[] utf8) {
            this.utf8 = utf8;
        }

        /** Returns the passphrase's bytes, which the caller may wipe. */
        public byte[] secret() {
            return utf8.clone();
        }
    }

    /** The content of a key file. */
    final class KeyFile implements Unlock {
        private final byte[] content;

        private KeyFile(byte[] content) {
            this.content = content;
        }

        /** Returns the file's bytes, which the caller may wipe. */
        public byte[] secret() {
            return content.clone();
        }
    }
}
