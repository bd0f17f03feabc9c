package dev.freefleet.gateway;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What of a request's content came from the client, kept while it is short and may have to be sent (again). */
final class SentContent {
    private static final int MAX_BYTES = 64 * 1024;

    private @Nullable Collected parts;
    private boolean all;
    private boolean lost;

    /** Notes a part, which stays the caller's; {@code useful}: whether it may be asked for. */
    void add(ByteBuf part, boolean last, boolean useful) {
        all = last;
        Collected sofar = parts == null ? new Collected(0) : parts;
        if (!lost && useful && sofar.size() + part.readableBytes() <= MAX_BYTES) {
            sofar.add(part);
            parts = sofar;
        } else {
            parts = null;
            lost = true;
        }
    }

    /** Whether something of it is not here any more. */
    boolean isLost() {
        return lost;
    }

    /** Whether the client has sent all of it. */
    boolean isAll() {
        return all;
    }

    /** What there is, or null for nothing. */
    byte @Nullable [] bytes() {
        return parts == null ? null : parts.bytes();
    }
}
