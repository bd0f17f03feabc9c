package dev.freefleet.backup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.format.Sealer.ObjectCipher;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks of all kinds and of awkward lengths, one after the other in the same arrays. */
class BlockOpenerTest {
    private static final String NAME = "packs/x";

    private final Sealer sealer = new Sealer(new byte[32], new byte[16], new SecureRandom());
    private final ObjectCipher cipher = sealer.cipher(sealer.newPrefix(ObjectType.PACK));
    private final BlockOpener opener = new BlockOpener();
    private final Random random = new Random(1);

    /** Long ones first, so that each leaves something behind that a short one could pass off as its own. */
    private static final int[] LENGTHS = {70_001, 4_099, 1_003, 8, 7, 5, 4, 3, 2, 1, 0, 2, 3, 4_096, 262_147};

    private byte[] content(Codec codec, int length) {
        byte[] plain = new byte[length];
        for (int i = 0; i < length; i++) {
            plain[i] = (byte)
                    switch (codec) {
                        case RAW -> random.nextInt();
                        case ZSTD -> random.nextInt(2);
                        case PLANES -> i % 4 == 3 ? 60 + random.nextInt(3) : random.nextInt();
                    };
        }
        return plain;
    }

    private byte[] open(Codec codec, int number, int stored, int length, byte[] sealed) {
        return Arrays.copyOf(opener.open(cipher, NAME, number, codec, stored, length, sealed, 3), length);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasSealedComesBackWhateverWasOpenedBefore(Codec codec) {
        int ofThisKind = 0;
        int number = 0;
        for (int length : LENGTHS) {
            byte[] plain = content(codec, length);
            Codec.Packed p = Codec.compress(plain, length, codec == Codec.PLANES, 3);
            ofThisKind += p.codec() == codec ? 1 : 0;
            byte[] sealed = new byte[3 + p.length() + Sealer.TAG];
            cipher.seal(number, p.bytes(), 0, p.length(), sealed, 3);
            assertThat(open(p.codec(), number, p.length(), length, sealed)).isEqualTo(plain);
            for (int at : new int[] {3, 3 + p.length() / 2, sealed.length - 1}) {
                byte[] bad = sealed.clone();
                bad[at] ^= 1;
                int n = number;
                assertThatThrownBy(() -> open(p.codec(), n, p.length(), length, bad))
                        .isInstanceOf(BackupException.class);
                assertThatThrownBy(() -> open(p.codec(), n + 1000, p.length(), length, sealed))
                        .as("another block's place")
                        .isInstanceOf(BackupException.class);
                assertThat(open(p.codec(), number, p.length(), length, sealed)).isEqualTo(plain);
            }
            int n = number;
            for (int wrong : new int[] {length + 1, length + 4, length - 1}) {
                if (wrong >= 0) {
                    assertThatThrownBy(() -> open(p.codec(), n, p.length(), wrong, sealed))
                            .as("%s of %s bytes as %s", p.codec(), length, wrong)
                            .isInstanceOf(BackupException.class);
                }
            }
            number++;
        }
        assertThat(ofThisKind).isGreaterThan(3);
    }

    @Test
    void bytesThatAreNoBlockOfTheirKindAreRefusedAndLeaveTheNextOneAsItIs() {
        byte[] plain = content(Codec.RAW, 5_000);
        byte[] good = new byte[3 + plain.length + Sealer.TAG];
        cipher.seal(1, plain, 0, plain.length, good, 3);
        int number = 1;
        for (Codec codec : Codec.values()) {
            for (int length : LENGTHS) {
                byte[] noise = content(Codec.RAW, length);
                byte[] sealed = new byte[3 + length + Sealer.TAG];
                int n = ++number;
                cipher.seal(n, noise, 0, length, sealed, 3);
                assertThatThrownBy(() -> open(codec, n, length, length + 1, sealed))
                        .isInstanceOf(BackupException.class);
                assertThat(open(Codec.RAW, 1, plain.length, plain.length, good)).isEqualTo(plain);
            }
        }
    }
}
