package dev.freefleet.worker;

import java.util.ArrayList;
import java.util.List;
import org.teavm.jso.typedarrays.Int8Array;

/** Content that comes in parts. */
final class Collected {
    private final List<Int8Array> parts = new ArrayList<>();
    private int length;

    void add(Int8Array part) {
        parts.add(part);
        length += part.getLength();
    }

    int length() {
        return length;
    }

    Int8Array bytes() {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        Int8Array all = new Int8Array(length);
        int at = 0;
        for (Int8Array part : parts) {
            all.set(part, at);
            at += part.getLength();
        }
        return all;
    }
}
