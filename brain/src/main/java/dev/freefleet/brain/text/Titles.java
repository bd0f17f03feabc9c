package dev.freefleet.brain.text;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a document without a stated title gets one. */
final class Titles {

    private Titles() {}

    /** The first heading of level 1, else the first heading of all, else null. */
    static @Nullable String firstHeading(List<Block> blocks) {
        String first = null;
        for (Block block : blocks) {
            if (block instanceof Block.Heading heading) {
                if (heading.level() == 1) {
                    return heading.text();
                }
                first = first == null ? heading.text() : first;
            }
        }
        return first;
    }
}
