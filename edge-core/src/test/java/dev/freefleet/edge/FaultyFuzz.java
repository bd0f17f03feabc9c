package dev.freefleet.edge;

/** Has a fault that chance alone would hardly find. */
public final class FaultyFuzz {
    private FaultyFuzz() {}

    /** What the fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 3 && input[0] == '{' && input[1] == '%' && input[2] == 'z' && input[3] == '!') {
            throw new IllegalStateException("the planted fault");
        }
    }
}
