package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;

/** Stored content in memory with the answer's field lines as HTTP/1.1 sends them. Immutable; its bytes are shared. */
public final class HeldBody implements StoredAnswer.Body {
    private final byte[] content;
    private final EncodedLines lines;

    /** Keeps these bytes, which nobody changes from now on. */
    public HeldBody(byte[] content, Fields fields) {
        this(content, new EncodedLines(fields));
    }

    HeldBody(byte[] content, EncodedLines lines) {
        this.content = content;
        this.lines = lines;
    }

    @Override
    public long length() {
        return content.length;
    }

    /** The content itself; to be read only. */
    public byte[] content() {
        return content;
    }

    EncodedLines lines() {
        return lines;
    }

    /** Bytes of memory, about. */
    long weight() {
        return 96L + content.length + lines.bytes.length + 40L * lines.fields.size();
    }
}
