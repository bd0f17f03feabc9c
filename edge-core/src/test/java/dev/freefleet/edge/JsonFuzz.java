package dev.freefleet.edge;

import java.util.Arrays;

/** Whatever content holds: it is refused, or its canonical form is strict JSON of the same meaning and its own form. */
public final class JsonFuzz {
    private JsonFuzz() {}

    /** What the fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
        Json json = JsonReader.read(input);
        if (json == null) {
            return;
        }
        byte[] canonical = CanonicalJson.write(json);
        Json again = JsonReader.read(canonical);
        if (again == null || !Arrays.equals(canonical, CanonicalJson.write(again))) {
            throw new IllegalStateException("no canonical form of what was read");
        }
        if (json.isExact() && !json.equals(again)) {
            throw new IllegalStateException("the canonical form means something else");
        }
        AnswerTags.SOURCES.of(input);
    }
}
