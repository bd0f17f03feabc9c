package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;

/** Whatever a request line holds: it is refused, or its canonical form is its own canonical form and safe to pass on. */
public final class TargetFuzz {
    private TargetFuzz() {}

    /** What the fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        switch (Target.parse(text)) {
            case Target.Canonical canonical -> {
                boolean stable = canonical.equals(Target.parse(canonical.text()));
                boolean clean = canonical.text().chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#' && c != '\\');
                String path = canonical.path() + "/";
                if (!stable || !clean || path.contains("/../") || path.contains("/./") || path.contains("//..")) {
                    throw new IllegalStateException(text + " became " + canonical.text());
                }
            }
            case Target.Refused refused -> {
                if (refused.status() != 400 && refused.status() != 414) {
                    throw new IllegalStateException(text + " was refused with " + refused.status());
                }
            }
        }
    }
}
