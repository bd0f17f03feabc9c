package dev.freefleet.edge;

import java.util.HashSet;
import java.util.Set;

/** Stored fields after the origin has confirmed them (RFC 9111 section 3.2). */
final class Freshening {
    /** Fields that describe the stored content as it was encoded and cut: those of a 304 speak of another message. */
    private static final Set<String> KEPT =
            Set.of("content-encoding", "content-length", "content-md5", "content-range", "etag");

    private Freshening() {}

    /** The stored fields, with those in {@code newer} in place of their namesakes. */
    static Fields merge(Fields stored, Fields newer) {
        Set<String> replaced = new HashSet<>();
        newer.forEach((name, value) -> {
            if (!KEPT.contains(name)) {
                replaced.add(name);
            }
        });
        // The age of the stored answer does not pass on to the one that was just confirmed.
        replaced.add("age");
        Fields.Builder merged = Fields.builder();
        stored.forEach((name, value) -> {
            if (!replaced.contains(name)) {
                merged.add(name, value);
            }
        });
        newer.forEach((name, value) -> {
            if (!KEPT.contains(name)) {
                merged.add(name, value);
            }
        });
        return merged.build();
    }

    /** Whether the answer to a HEAD speaks of the stored answer (RFC 9111 section 4.3.5). */
    static boolean describes(Fields head, StoredAnswer stored) {
        String length = head.first("content-length");
        boolean sameLength =
                length == null || Ascii.digits(length) == stored.body().length();
        return sameLength && same(head, stored.fields(), "etag") && same(head, stored.fields(), "last-modified");
    }

    private static boolean same(Fields head, Fields stored, String name) {
        String value = head.first(name);
        return value == null || value.equals(stored.first(name));
    }
}
