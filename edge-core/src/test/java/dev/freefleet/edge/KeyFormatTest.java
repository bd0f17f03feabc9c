package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KeyFormatTest {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    @Provide
    Arbitrary<KeyToken> tokens() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 255),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.longs().between(0, 0xffff_ffffL),
                        Arbitraries.strings()
                                .withCharRange('a', 'z')
                                .numeric()
                                .withChars('_', '-')
                                .ofMinLength(1)
                                .ofMaxLength(32))
                .as((secret, key, user, minutes, plan) ->
                        new KeyToken(secret, key, user, minutes * KeyToken.MINUTE_MILLIS, plan));
    }

    @Property
    void whatIsEncodedIsParsed(@ForAll("tokens") KeyToken token) {
        byte[] mac = TestShell.hmac(KeyFormat.signedBytes(token));
        String text = KeyFormat.encode(token, mac);

        assertThat(KeyFormat.parse(text)).isInstanceOfSatisfying(KeyFormat.Parsed.Key.class, key -> {
            assertThat(key.token()).isEqualTo(token);
            assertThat(key.signed()).isEqualTo(KeyFormat.signedBytes(token));
            assertThat(mac).startsWith(key.mac());
            assertThat(KeyFormat.encode(key.token(), key.mac())).isEqualTo(text);
        });
    }

    @Property
    void aChangedTextIsMalformedOrDoesNotVerify(
            @ForAll("tokens") KeyToken token, @ForAll @IntRange(max = 200) int at, @ForAll @IntRange(max = 63) int c) {
        String text = TestShell.key(token);
        int i = at % text.length();
        String changed = text.substring(0, i) + ALPHABET.charAt(c) + text.substring(i + 1);

        boolean verifies = KeyFormat.parse(changed) instanceof KeyFormat.Parsed.Key key
                && Arrays.equals(Arrays.copyOf(TestShell.hmac(key.signed()), 16), key.mac());
        assertThat(verifies).isEqualTo(changed.equals(text));
    }

    @Property
    void aKeyOfAnyTextHasNoOtherSpelling(@ForAll("tokens") KeyToken token, @ForAll("tails") String tail) {
        assertThat(KeyFormat.parse(TestShell.key(token) + tail)).isInstanceOf(KeyFormat.Parsed.Malformed.class);
    }

    @Provide
    Arbitrary<String> tails() {
        return Arbitraries.strings().withChars(ALPHABET + "= +/").ofMinLength(1).ofMaxLength(4);
    }

    @Property
    void anyTextAtAllIsRead(@ForAll String text) {
        assertThat(KeyFormat.parse(text)).isInstanceOf(KeyFormat.Parsed.Malformed.class);
        assertThat(KeyFormat.parse(KeyFormat.PREFIX + text)).isInstanceOf(KeyFormat.Parsed.Malformed.class);
    }

    @Test
    void leftOverBitsAreRefused() {
        String text = TestShell.key(new KeyToken(1, 2, 3, 0, "a"));
        // 40 bytes leave 2 characters with 4 spare bits at the end.
        assertThat((text.length() - 4) % 4).isEqualTo(2);
        char last = text.charAt(text.length() - 1);
        char other = ALPHABET.charAt(ALPHABET.indexOf(last) ^ 1);

        assertThat(KeyFormat.parse(text.substring(0, text.length() - 1) + other))
                .isInstanceOf(KeyFormat.Parsed.Malformed.class);
    }

    @Test
    void tokensAreChecked() {
        assertThatThrownBy(() -> new KeyToken(0, 1, 1, 0, "a")).hasMessageContaining("secretVersion");
        assertThatThrownBy(() -> new KeyToken(1, 1, 1, 1, "a")).hasMessageContaining("whole minutes");
        assertThatThrownBy(() -> new KeyToken(1, 1, 1, 0, "A")).hasMessageContaining("plan");
        assertThatThrownBy(() -> KeyFormat.encode(new KeyToken(1, 1, 1, 0, "a"), new byte[15]))
                .hasMessageContaining("16 bytes");
    }
}
