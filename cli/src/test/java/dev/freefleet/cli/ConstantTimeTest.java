package dev.freefleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CWE-208: whoever compares what a caller shows with a secret calls what takes as long for a wrong byte at the front as for
 * one at the end. Times are not measured: the class files tell what is called.
 */
class ConstantTimeTest {
    private static final String CONSTANT = "java/security/MessageDigest.isEqual";
    private static final Set<String> HASTY = Set.of(
            "java/util/Arrays.equals",
            "java/util/Arrays.compare",
            "java/util/Arrays.mismatch",
            "java/lang/String.compareTo");

    /** The methods that a class refers to. */
    private static Set<String> called(String type) throws IOException {
        Set<String> called = new TreeSet<>();
        try (InputStream file = ConstantTimeTest.class.getResourceAsStream("/" + type + ".class")) {
            byte[] bytes = Objects.requireNonNull(file, type).readAllBytes();
            for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
                if (entry instanceof MemberRefEntry member) {
                    called.add(member.owner().asInternalName() + "."
                            + member.name().stringValue());
                }
            }
        }
        return called;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev/freefleet/gateway/KeyRing",
                "dev/freefleet/admin/Gatekeeper",
                "dev/freefleet/edgesync/FleetEdges"
            })
    void secretsAreComparedInConstantTime(String type) throws IOException {
        assertThat(called(type)).contains(CONSTANT).doesNotContainAnyElementsOf(HASTY);
    }

    @Test
    void theRuleFindsWhatItForbids() throws IOException {
        assertThat(Hasty.isRight(new byte[1], new byte[1])).isTrue();
        assertThat(called("dev/freefleet/cli/ConstantTimeTest$Hasty"))
                .contains("java/util/Arrays.equals")
                .doesNotContain(CONSTANT);
    }

    /** What nobody may write. */
    private static final class Hasty {
        static boolean isRight(byte[] secret, byte[] shown) {
            return Arrays.equals(secret, shown);
        }
    }
}
