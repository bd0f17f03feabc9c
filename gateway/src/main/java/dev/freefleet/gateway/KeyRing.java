package dev.freefleet.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.freefleet.edge.Step;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The signing secrets of fleet keys, by version. It signs new keys and checks shown ones: HMAC-SHA256, compared in
 * constant time. Signatures of keys that were right are remembered, 10,000 at the most, so that a key which is used
 * again costs a look-up; a forged key leaves nothing behind. Secrets may be added and retired while it is used.
 * Thread-safe.
 */
public final class KeyRing {
    private static final int REMEMBERED = 10_000;
    private static final int MIN_SECRET_BYTES = 16;

    private static final int LAST = 256;

    private volatile Secrets secrets;

    /** The last right ones, by the very object that was checked and the secrets that were in force. */
    private final @Nullable Right[] last = new Right[LAST];

    private record Right(Step.VerifyKey key, Secrets secrets) {}

    private final Cache<Signed, byte[]> remembered = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    private record Secrets(Map<Integer, SecretKeySpec> byVersion, int newest) {}

    /** What is signed is no secret: it is compared and hashed like any bytes. */
    private record Signed(int version, byte[] bytes) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Signed that && version == that.version && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(bytes) + version;
        }
    }

    /**
     * A ring of these secrets.
     *
     * @param secrets by version, 1 to 255, each of 16 bytes or more; 32 random bytes are the usual
     * @throws IllegalArgumentException if there is none, or one is too short or its version out of range
     */
    public KeyRing(Map<Integer, byte[]> secrets) {
        this.secrets = checked(secrets);
    }

    private static Secrets checked(Map<Integer, byte[]> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("a key ring needs at least one signing secret");
        }
        Map<Integer, SecretKeySpec> byVersion = new HashMap<>();
        int newest = 0;
        for (Map.Entry<Integer, byte[]> secret : secrets.entrySet()) {
            int version = secret.getKey();
            if (version < 1 || version > 255 || secret.getValue().length < MIN_SECRET_BYTES) {
                throw new IllegalArgumentException("signing secret " + version + " must have a version of 1 to 255 and "
                        + MIN_SECRET_BYTES + " bytes or more");
            }
            byVersion.put(version, new SecretKeySpec(secret.getValue(), "HmacSHA256"));
            newest = Math.max(newest, version);
        }
        return new Secrets(Map.copyOf(byVersion), newest);
    }

    /**
     * Goes on with these secrets: keys of a version that is not among them are refused from now on.
     *
     * @throws IllegalArgumentException as the constructor; nothing is changed then
     */
    public void replace(Map<Integer, byte[]> secrets) {
        this.secrets = checked(secrets);
        // A secret that comes back under an old version must not find what another one signed.
        remembered.invalidateAll();
    }

    /** The versions that keys may be signed with. */
    public Set<Integer> versions() {
        return secrets.byVersion.keySet();
    }

    /** The version that new keys are signed with: the highest. */
    public int currentVersion() {
        return secrets.newest;
    }

    /**
     * The HMAC-SHA256 of these bytes, 32 bytes.
     *
     * @throws IllegalArgumentException if the ring has no such version
     */
    public byte[] sign(int version, byte[] signed) {
        SecretKeySpec secret = secrets.byVersion.get(version);
        if (secret == null) {
            throw new IllegalArgumentException("the key ring has no signing secret " + version);
        }
        return hmac(secret, signed);
    }

    private static byte[] hmac(SecretKeySpec secret, byte[] signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            return mac.doFinal(signed);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has HmacSHA256", impossible);
        }
    }

    /** Whether the key's signature is right. */
    @SuppressWarnings("ReferenceEquality") // the very object that was found right, under the very secrets
    boolean verify(Step.VerifyKey key) {
        byte[] shown = key.mac();
        Secrets now = secrets;
        if (shown.length == 0) {
            return false;
        }
        int place = shown[0] & LAST - 1;
        Right known = last[place];
        if (known != null && known.key == key && known.secrets == now) {
            return true;
        }
        boolean right = isRight(key, shown, now);
        if (right) {
            last[place] = new Right(key, now);
        }
        return right;
    }

    private boolean isRight(Step.VerifyKey key, byte[] shown, Secrets now) {
        SecretKeySpec secret = now.byVersion.get(key.secretVersion());
        if (secret == null) {
            return false;
        }
        Signed signed = new Signed(key.secretVersion(), key.signed());
        byte[] known = remembered.getIfPresent(signed);
        byte[] expected = known == null ? hmac(secret, key.signed()) : known;
        boolean right =
                shown.length <= expected.length && MessageDigest.isEqual(Arrays.copyOf(expected, shown.length), shown);
        if (right && known == null) {
            remembered.put(signed, expected);
        }
        return right;
    }

    /** How many signatures are remembered. */
    long remembered() {
        remembered.cleanUp();
        return remembered.estimatedSize();
    }
}
