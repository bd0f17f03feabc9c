package dev.freefleet.backup.format;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts and authenticates the repository's objects with AES-256-GCM (NIST SP 800-38D).
 *
 * <p>Nonce discipline: no key is used for two objects. Each object draws 32 random bytes of salt, and its key is
 * HKDF-Expand (RFC 5869) of the master key over purpose, type, repository and salt; inside the object the nonce is a counter. So a
 * nonce repeats under a key only if two random 256-bit salts are equal, however many objects a repository has and however
 * often a virtual machine is rolled back. The first 56 bytes of the object are the associated data of everything sealed in
 * it: an object cannot pass for another type, another repository's or another place's.
 *
 * <p>Safe for use by several threads.
 */
public final class Sealer {
    /** Length of the part of each object that is not encrypted: magic, type, version, repository, salt. */
    public static final int PREFIX = 56;

    /** Length of the authentication tag that each sealed part ends with. */
    public static final int TAG = 16;

    static final byte[] MAGIC = {'F', 'F', 'B', 'K'};
    static final int VERSION = 1;
    private static final int SALT = 32;
    private static final int SALT_AT = PREFIX - SALT;

    /** To find a provider takes longer than to seal a short part. */
    private static final ThreadLocal<Cipher> CIPHER = ThreadLocal.withInitial(Sealer::newCipher);

    private final SecretKey master;
    private final byte[] repository;
    private final SecureRandom random;

    /**
     * @param master the 32-byte master key
     * @param repository the 16-byte id of the repository
     * @param random source of salts
     */
    public Sealer(byte[] master, byte[] repository, SecureRandom random) {
        if (master.length != 32 || repository.length != 16) {
            throw new IllegalArgumentException("a master key has 32 bytes, a repository id 16");
        }
        this.master = new SecretKeySpec(master, "HKDF");
        this.repository = repository.clone();
        this.random = random;
    }

    /** Returns the repository's 16-byte id. */
    public byte[] repository() {
        return repository.clone();
    }

    /** Returns the prefix of a new object: everything but the salt is fixed. */
    public byte[] newPrefix(ObjectType type) {
        byte[] salt = new byte[SALT];
        random.nextBytes(salt);
        return prefix(type, repository, salt);
    }

    static byte[] prefix(ObjectType type, byte[] repository, byte[] salt) {
        return new ByteWriter(PREFIX)
                .raw(MAGIC)
                .u8(type.code())
                .u8(VERSION)
                .u8(0)
                .u8(0)
                .raw(repository)
                .raw(salt)
                .toByteArray();
    }

    /** Returns a whole object that holds these bytes. */
    public byte[] seal(ObjectType type, byte[] plain) {
        return seal(type, plain, plain.length);
    }

    /** Returns a whole object that holds the first so many bytes of an array. */
    public byte[] seal(ObjectType type, byte[] plain, int length) {
        byte[] prefix = newPrefix(type);
        byte[] object = Arrays.copyOf(prefix, PREFIX + length + TAG);
        cipher(prefix).seal(0, plain, 0, length, object, PREFIX);
        return object;
    }

    /** Returns the bytes that an object holds, if it is whole, of this type and of this repository. */
    public byte[] open(ObjectType type, String name, byte[] object) {
        checkPrefix(type, name, object);
        if (!Arrays.equals(object, 8, 24, repository, 0, 16)) {
            throw BackupException.damaged(name, "it belongs to another repository");
        }
        return cipher(object).open(0, name, object, PREFIX, object.length - PREFIX);
    }

    /** Returns the repository id that an object's first bytes carry, after checking type and version. */
    public static byte[] repositoryOf(ObjectType type, String name, byte[] object) {
        checkPrefix(type, name, object);
        return Arrays.copyOfRange(object, 8, SALT_AT);
    }

    private static void checkPrefix(ObjectType type, String name, byte[] object) {
        if (object.length < PREFIX + TAG) {
            throw BackupException.damaged(name, "it has only " + object.length + " bytes");
        }
        if (!Arrays.equals(object, 0, 4, MAGIC, 0, 4) || object[4] != type.code()) {
            throw BackupException.damaged(name, "it does not begin as an object of type " + type + " does");
        }
        if (object[5] > VERSION) {
            throw new BackupException(
                    Reason.UNSUPPORTED_VERSION,
                    name,
                    name + " was written in format version " + object[5] + "; this program reads up to " + VERSION
                            + ". Update the program.",
                    null);
        }
        if (object[5] != VERSION || object[6] != 0 || object[7] != 0) {
            throw BackupException.damaged(name, "its first bytes are not those of version " + VERSION);
        }
    }

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks AES-GCM", e);
        }
    }

    /** Returns the cipher of the object that begins with this prefix. */
    public ObjectCipher cipher(byte[] object) {
        byte[] prefix = Arrays.copyOf(object, PREFIX);
        return new ObjectCipher(expand("object", prefix, 32, "AES"), prefix);
    }

    /** Returns key material for another purpose than encryption, such as the table that cut points depend on. */
    public byte[] derive(String purpose, int length) {
        return expand(purpose, repository, length, "Generic").getEncoded();
    }

    private SecretKey expand(String purpose, byte[] context, int length, String algorithm) {
        byte[] info = new ByteWriter()
                .text("freefleet backup v1")
                .text(purpose)
                .bytes(context)
                .toByteArray();
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(algorithm, HKDFParameterSpec.expandOnly(master, info, length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HKDF-SHA256", e);
        }
    }

    /** One object's key with its counter nonces. Safe for use by several threads; the caller never reuses a counter. */
    public static final class ObjectCipher {
        private final SecretKey key;
        private final byte[] prefix;

        ObjectCipher(SecretKey key, byte[] prefix) {
            this.key = key;
            this.prefix = prefix;
        }

        /** Seals a part into {@code out} at {@code at}, where {@code len + TAG} bytes must be free. */
        public void seal(long counter, byte[] in, int off, int len, byte[] out, int at) {
            try {
                init(Cipher.ENCRYPT_MODE, counter).doFinal(in, off, len, out, at);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("sealing failed", e);
            }
        }

        /** Returns the plain bytes of a sealed part. */
        public byte[] open(long counter, String name, byte[] in, int off, int len) {
            byte[] plain = new byte[len - TAG];
            open(counter, name, in, off, len, plain);
            return plain;
        }

        /** Writes the plain bytes of a sealed part, which are {@link #TAG} fewer, to the beginning of {@code out}. */
        void open(long counter, String name, byte[] in, int off, int len, byte[] out) {
            try {
                init(Cipher.DECRYPT_MODE, counter).doFinal(in, off, len, out, 0);
            } catch (GeneralSecurityException e) {
                throw new BackupException(
                        Reason.DAMAGED, name, name + " is damaged: its authentication tag does not fit", e);
            }
        }

        private Cipher init(int mode, long counter) throws GeneralSecurityException {
            byte[] nonce = new byte[12];
            for (int i = 0; i < 8; i++) {
                nonce[11 - i] = (byte) (counter >>> (8 * i));
            }
            Cipher c = CIPHER.get();
            c.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
            c.updateAAD(prefix);
            return c;
        }
    }
}
