package dev.freefleet.backup.format;

import java.util.List;

/** What each parser reads, to begin with. */
public final class FuzzSeeds {
    private FuzzSeeds() {}

    /** In the order in which {@link FormatFuzz} counts the parsers. */
    public static List<byte[]> valid() {
        return ParserFuzzTest.TARGETS.stream().map(ParserFuzzTest.Target::valid).toList();
    }
}
