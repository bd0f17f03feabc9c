package dev.freefleet.backup.format;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.KeyHardness;
import dev.freefleet.backup.KeyInfo;
import dev.freefleet.backup.KeyInfo.Kind;
import dev.freefleet.backup.Unlock;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the master key, wrapped by what one passphrase or key file gives.
 *
 * <p>Passphrases go through Argon2id (RFC 9106), key files, which are random already, through HKDF (RFC 5869), each with
 * the slot's own random salt; so the wrapping key is used once and its nonce is zero. A SHA-256 at the end tells a damaged
 * slot from a wrong passphrase.
 */
public final class KeySlot {
    /** In the order of their numbers, from 1. */
    private static final List<Kind> KINDS = List.of(Kind.PASSPHRASE, Kind.KEY_FILE);

    private static final int MUCH_KIB = 32 << 10;
    private static final int WRAPPED = 32 + Sealer.TAG;
    private static final byte[] ZERO_NONCE = new byte[12];

    private final KeyInfo info;
    private final byte[] salt;
    private final KeyHardness hardness;
    private final byte[] wrapped;
    private final byte[] authenticated;

    private KeySlot(KeyInfo info, byte[] salt, KeyHardness hardness, byte[] wrapped, byte[] authenticated) {
        this.info = info;
        this.salt = salt;
        this.hardness = hardness;
        this.wrapped = wrapped;
        this.authenticated = authenticated;
    }

    /** Returns the object of a new slot. */
    public static byte[] create(
            byte[] master,
            byte[] repository,
            Unlock unlock,
            String label,
            KeyHardness hardness,
            Instant now,
            SecureRandom random) {
        byte[] id = new byte[16];
        byte[] salt = new byte[32];
        random.nextBytes(id);
        random.nextBytes(salt);
        Kind kind = switch (unlock) {
            case Unlock.Passphrase ignored -> Kind.PASSPHRASE;
            case Unlock.KeyFile ignored -> Kind.KEY_FILE;
        };
        byte[] authenticated = new ByteWriter()
                .raw(Sealer.prefix(ObjectType.KEY, repository, salt))
                .raw(id)
                .u8(KINDS.indexOf(kind) + 1)
                .i64(now.toEpochMilli())
                .u32(hardness.memoryKib())
                .u32(hardness.iterations())
                .u32(hardness.lanes())
                .text(label)
                .toByteArray();
        byte[] kek = wrappingKey(unlock, salt, hardness);
        byte[] object = new ByteWriter()
                .raw(authenticated)
                .raw(crypt(Cipher.ENCRYPT_MODE, kek, authenticated, master))
                .toByteArray();
        Arrays.fill(kek, (byte) 0);
        return new ByteWriter().raw(object).raw(ChunkId.sha256().digest(object)).toByteArray();
    }

    /** Reads a slot; whether it opens is seen by {@link #open}. */
    public static KeySlot parse(String name, byte[] object) {
        if (object.length < Sealer.PREFIX + WRAPPED + 32) {
            throw BackupException.damaged(name, "it has only " + object.length + " bytes");
        }
        int end = object.length - 32;
        byte[] digest = ChunkId.sha256().digest(Arrays.copyOf(object, end));
        if (!Arrays.equals(digest, 0, 32, object, end, object.length)) {
            throw BackupException.damaged(name, "its checksum does not fit");
        }
        Sealer.repositoryOf(ObjectType.KEY, name, object);
        ByteReader in = new ByteReader(name, object, Sealer.PREFIX, end - WRAPPED);
        String id = HexFormat.of().formatHex(in.raw(16));
        int kind = in.u8();
        if (kind < 1 || kind > KINDS.size()) {
            throw in.fault("an unknown kind of key, " + kind);
        }
        long created = in.i64();
        int memory = in.u32();
        int iterations = in.u32();
        int lanes = in.u32();
        if (!KeyHardness.allowed(memory, iterations, lanes)) {
            throw in.fault("Argon2id parameters out of range");
        }
        String label = in.text();
        in.end();
        return new KeySlot(
                new KeyInfo(id, label, KINDS.get(kind - 1), Instant.ofEpochMilli(created)),
                Arrays.copyOfRange(object, Sealer.PREFIX - 32, Sealer.PREFIX),
                new KeyHardness(memory, iterations, lanes),
                Arrays.copyOfRange(object, end - WRAPPED, end),
                Arrays.copyOf(object, end - WRAPPED));
    }

    /** Returns what the slot tells about itself. */
    public KeyInfo info() {
        return info;
    }

    /** Returns the id of the repository whose master key the slot holds. */
    public byte[] repository() {
        return Arrays.copyOfRange(authenticated, 8, 24);
    }

    /** Returns the master key, or null if this is not the passphrase or key file of the slot. */
    public byte @Nullable [] open(Unlock unlock) {
        boolean fits = switch (unlock) {
            case Unlock.Passphrase ignored -> info.kind() == Kind.PASSPHRASE;
            case Unlock.KeyFile ignored -> info.kind() == Kind.KEY_FILE;
        };
        if (!fits) {
            return null;
        }
        byte[] kek = wrappingKey(unlock, salt, hardness);
        try {
            return crypt(Cipher.DECRYPT_MODE, kek, authenticated, wrapped);
        } catch (IllegalStateException wrongKey) {
            return null;
        } finally {
            Arrays.fill(kek, (byte) 0);
        }
    }

    private static byte[] wrappingKey(Unlock unlock, byte[] salt, KeyHardness hardness) {
        return switch (unlock) {
            case Unlock.Passphrase p -> {
                byte[] key = argon2id(p.secret(), salt, hardness);
                // What it took would lie in a command's heap, which is next to empty, until that is full.
                if (hardness.memoryKib() >= MUCH_KIB) {
                    System.gc();
                }
                yield key;
            }
            case Unlock.KeyFile k -> hkdf(k.secret(), salt);
        };
    }

    private static byte[] argon2id(byte[] secret, byte[] salt, KeyHardness hardness) {
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withSalt(salt)
                .withMemoryAsKB(hardness.memoryKib())
                .withIterations(hardness.iterations())
                .withParallelism(hardness.lanes())
                .build());
        byte[] key = new byte[32];
        argon2.generateBytes(secret, key);
        Arrays.fill(secret, (byte) 0);
        return key;
    }

    private static byte[] hkdf(byte[] secret, byte[] salt) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(secret)
                            .addSalt(salt)
                            .thenExpand(
                                    "freefleet backup v1 key file".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                                    32));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HKDF-SHA256", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private static byte[] crypt(int mode, byte[] kek, byte[] authenticated, byte[] in) {
        try {
            Cipher c = Cipher.getInstance("AES/GCM/NoPadding");
            c.init(mode, new SecretKeySpec(kek, "AES"), new GCMParameterSpec(8 * Sealer.TAG, ZERO_NONCE));
            c.updateAAD(authenticated);
            return c.doFinal(in);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key does not open the slot", e);
        }
    }
}
