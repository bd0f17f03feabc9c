package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import java.nio.charset.StandardCharsets;

/**
 * The field lines of a stored answer as HTTP/1.1 sends them, encoded once. An answer from the store consists mostly of
 * them: {@link HeadWriter} copies each run of lines that the core passed on as they are.
 */
final class EncodedLines {
    final Fields fields;
    final byte[] bytes;
    /** ends[i]: where line i ends; it begins where the one before ends. */
    private final int[] ends;

    EncodedLines(Fields fields) {
        this.fields = fields;
        this.ends = new int[fields.size()];
        StringBuilder text = new StringBuilder(64 * fields.size());
        for (int i = 0; i < ends.length; i++) {
            text.append(fields.name(i)).append(": ").append(fields.value(i)).append("\r\n");
            ends[i] = text.length();
        }
        this.bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    int start(int line) {
        return line == 0 ? 0 : ends[line - 1];
    }

    int end(int line) {
        return ends[line];
    }

    /** The first line at or after {@code from} that is this very line, or -1. */
    @SuppressWarnings({"ReferenceEquality", "StringEquality"}) // the same objects: the core passed the line on
    int find(int from, String name, String value) {
        for (int i = from; i < ends.length; i++) {
            if (fields.value(i) == value && fields.name(i) == name) {
                return i;
            }
        }
        return -1;
    }
}
