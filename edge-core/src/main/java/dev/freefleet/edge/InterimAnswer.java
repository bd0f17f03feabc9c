package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/** Interim answers (RFC 9110 section 15.2) as they pass on. They are never stored and say nothing of the final answer. */
public final class InterimAnswer {
    private InterimAnswer() {}

    /**
     * What of an origin's interim answer goes to the client that waits for the final one: its end-to-end fields, or null
     * where it ends here. 102 (RFC 2518) and 103 (RFC 8297) pass; 100 and 101 speak to the next hop alone, and what
     * nobody has registered tells a client nothing.
     */
    public static @Nullable Fields relayed(int status, Fields fields) {
        if (status != 102 && status != 103) {
            return null;
        }
        Fields.Builder passed = Fields.builder();
        HopByHop.answer(fields).forEach((name, value) -> {
            if (!HopByHop.isOwn(name)) {
                passed.add(name, value);
            }
        });
        return passed.build();
    }
}
