package dev.freefleet.backup.format;

import dev.freefleet.backup.BackupException;
import java.util.Arrays;

/** Whatever bytes a store gives back: each parser of the format reads them, or throws the module's own exception. */
public final class FormatFuzz {
    private FormatFuzz() {}

    /** What the fuzzer calls: the first byte says which parser. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int which = (input[0] & 0xFF) % ParserFuzzTest.TARGETS.size();
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        try {
            if (ParserFuzzTest.TARGETS.get(which).parser().parse(bytes) == null) {
                throw new IllegalStateException("parser " + which + " read nothing");
            }
        } catch (BackupException e) {
            if (e.object() == null) {
                throw new IllegalStateException("parser " + which + " names no object", e);
            }
        }
    }
}
