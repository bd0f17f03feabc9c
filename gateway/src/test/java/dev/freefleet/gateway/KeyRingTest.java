package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.KeyFormat;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Step;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyRingTest {
    private static final byte[] ONE = "the first secret, 32 bytes long.".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TWO = "another secret of the same size!".getBytes(StandardCharsets.US_ASCII);

    private final KeyRing ring = new KeyRing(Map.of(1, ONE, 2, TWO));

    private static Step.VerifyKey parsed(String text) {
        if (KeyFormat.parse(text) instanceof KeyFormat.Parsed.Key key) {
            return new Step.VerifyKey(key.token().secretVersion(), key.signed(), key.mac());
        }
        throw new AssertionError("no key: " + text);
    }

    private static KeyToken token(int version) {
        return new KeyToken(version, 42, 7, 60_000, "default");
    }

    @Test
    void signsAsRfc4231Says() {
        KeyRing vector = new KeyRing(Map.of(1, HexFormat.of().parseHex("0b".repeat(20))));
        assertThat(vector.sign(1, "Hi There".getBytes(StandardCharsets.US_ASCII)))
                .asHexString()
                .isEqualToIgnoringCase("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }

    @Test
    void aMintedKeyVerifiesUnderItsOwnVersionOnly() {
        Step.VerifyKey key = parsed(new KeyMint(ring).mint(token(1)));
        assertThat(ring.verify(key)).isTrue();
        assertThat(ring.verify(key)).as("from memory").isTrue();
        assertThat(ring.verify(new Step.VerifyKey(2, key.signed(), key.mac()))).isFalse();
        assertThat(ring.verify(new Step.VerifyKey(3, key.signed(), key.mac()))).isFalse();
        assertThat(new KeyRing(Map.of(1, TWO)).verify(key)).isFalse();
        assertThat(ring.currentVersion()).isEqualTo(2);
    }

    @Test
    void theVeryKeyThatWasRightIsCheckedAnewUnderOtherSecrets() {
        Step.VerifyKey key = parsed(new KeyMint(ring).mint(token(1)));
        assertThat(ring.verify(key)).isTrue();
        ring.replace(Map.of(1, TWO));
        assertThat(ring.verify(key)).isFalse();
        ring.replace(Map.of(1, ONE));
        assertThat(ring.verify(key)).isTrue();
        ring.replace(Map.of(2, TWO));
        assertThat(ring.verify(key)).isFalse();
    }

    @Test
    void everyFlippedBitIsNoticedBeforeAndAfterTheKeyIsKnown() {
        Step.VerifyKey key = parsed(new KeyMint(ring).mint(token(2)));
        for (boolean known : new boolean[] {false, true}) {
            if (known) {
                assertThat(ring.verify(key)).isTrue();
            }
            for (int bit = 0; bit < 8 * key.mac().length; bit++) {
                byte[] mac = key.mac().clone();
                mac[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(ring.verify(new Step.VerifyKey(2, key.signed(), mac)))
                        .isFalse();
            }
            for (int bit = 0; bit < 8 * key.signed().length; bit++) {
                byte[] signed = key.signed().clone();
                signed[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(ring.verify(new Step.VerifyKey(2, signed, key.mac())))
                        .isFalse();
            }
            assertThat(ring.verify(new Step.VerifyKey(2, key.signed(), new byte[0])))
                    .isFalse();
        }
    }

    @Test
    void forgedKeysLeaveNothingBehind() {
        for (int i = 0; i < 1_000; i++) {
            ring.verify(new Step.VerifyKey(1, new byte[] {1, (byte) i, (byte) (i >> 8)}, new byte[16]));
        }
        assertThat(ring.remembered()).isZero();
    }

    @Test
    void secretsRotateAndRetireWhileTheRingIsUsed() {
        KeyRing rotating = new KeyRing(Map.of(1, ONE));
        Step.VerifyKey first = parsed(new KeyMint(rotating).mint(token(1)));
        assertThat(rotating.verify(first)).isTrue();

        rotating.replace(Map.of(1, ONE, 2, TWO));
        assertThat(rotating.versions()).containsExactlyInAnyOrder(1, 2);
        assertThat(rotating.currentVersion()).isEqualTo(2);
        Step.VerifyKey second = parsed(new KeyMint(rotating).mint(token(2)));
        assertThat(rotating.verify(first)).isTrue();
        assertThat(rotating.verify(second)).isTrue();

        rotating.replace(Map.of(2, TWO));
        assertThat(rotating.verify(first))
                .as("a retired secret, remembered or not")
                .isFalse();
        assertThat(rotating.verify(second)).isTrue();
        rotating.replace(Map.of(1, TWO, 2, TWO));
        assertThat(rotating.verify(first))
                .as("another secret under an old version")
                .isFalse();
        assertThatThrownBy(() -> rotating.replace(Map.of())).hasMessageContaining("at least one");
        assertThat(rotating.verify(second)).isTrue();
    }

    @Test
    void badRingsAreRefused() {
        assertThatThrownBy(() -> new KeyRing(Map.of())).hasMessageContaining("at least one");
        assertThatThrownBy(() -> new KeyRing(Map.of(1, new byte[15]))).hasMessageContaining("16 bytes");
        assertThatThrownBy(() -> new KeyRing(Map.of(0, ONE))).hasMessageContaining("version of 1 to 255");
        assertThatThrownBy(() -> new KeyMint(ring).mint(token(9))).hasMessageContaining("no signing secret 9");
    }
}
