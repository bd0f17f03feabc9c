package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.RequestHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Where a request's content goes: into one array for the core, on to the origin, or nowhere. */
final class Intake {
    private static final byte[] EMPTY = new byte[0];

    private final ExchangeRunner run;
    private @Nullable Collected collected;
    private @Nullable OriginFetch upload;
    private int maxBytes;
    private long bytesIn;
    /** Content that was collected; of it, how much is counted in the budget. */
    private long collectedBytes;

    private long countedBytes;

    Intake(ExchangeRunner run) {
        this.run = run;
    }

    long bytesIn() {
        Tunnel tunnel = run.reply().tunnel();
        return tunnel == null ? bytesIn : tunnel.bytesIn();
    }

    /** Collects the content; an event where that can be told at once. */
    @Nullable
    Event collect(int max) {
        RequestHead head = run.head();
        if (!head.hasContent()) {
            return new Event.BodyRead(EMPTY);
        }
        if (head.contentLength() > max) {
            return new Event.BodyTooLarge();
        }
        byte[] whole = run.client().wholeContent();
        if (whole != null) {
            bytesIn = whole.length;
            if (!takes(whole.length)) {
                run.overloaded();
                return null;
            }
            return whole.length > max ? new Event.BodyTooLarge() : new Event.BodyRead(whole);
        }
        maxBytes = max;
        collected = new Collected(head.contentLength());
        run.client().wantContent(true);
        return null;
    }

    /** Sends the content to the origin as the client sends it. */
    void upload(OriginFetch to, int max) {
        maxBytes = max;
        upload = to;
    }

    boolean isUploading() {
        return upload != null;
    }

    void content(ByteBuf part, boolean last) {
        bytesIn += part.readableBytes();
        Collected into = collected;
        OriginFetch to = upload;
        if (into == null && to == null) {
            part.release();
        } else if (bytesIn > maxBytes) {
            part.release();
            collected = null;
            upload = null;
            tooLarge(to);
        } else if (into != null && !takes(part.readableBytes())) {
            part.release();
            collected = null;
            run.client().wantContent(false);
            run.overloaded();
        } else if (into != null) {
            into.add(part);
            part.release();
            if (last) {
                collected = null;
                run.resume(new Event.BodyRead(into.bytes()));
            }
        } else if (to != null) {
            pass(to, part, last);
        }
    }

    private boolean takes(int bytes) {
        if (!run.services().content().take(countedBytes, bytes)) {
            return false;
        }
        countedBytes += bytes;
        collectedBytes += bytes;
        return true;
    }

    /** Holds what another exchange has collected, which goes on behind its client's back. */
    void inherit(Intake before) {
        collectedBytes = before.collectedBytes;
        countedBytes = collectedBytes;
        run.services().content().add(countedBytes);
    }

    /** Its exchange is over: the content is held no longer. */
    void release() {
        run.services().content().give(countedBytes);
        countedBytes = 0;
    }

    private void tooLarge(@Nullable OriginFetch to) {
        run.client().wantContent(false);
        if (to == null) {
            run.resume(new Event.BodyTooLarge());
            return;
        }
        run.fetching().abort();
        if (run.reply().isBegun()) {
            run.reply().originBroke();
        } else {
            run.resume(new Event.StreamTooLarge());
        }
    }

    private void pass(OriginFetch to, ByteBuf part, boolean last) {
        if (last) {
            upload = null;
        }
        to.upload(part, last);
        if (!last && !to.uploadWritable()) {
            run.client().wantContent(false);
        }
    }

    /** The origin takes content (again). */
    void uploadWritableAgain() {
        OriginFetch to = upload;
        if (to != null && to.uploadWritable()) {
            run.client().wantContent(true);
        }
    }

    /** The call is over; what still comes is of no use. */
    void uploadOver() {
        upload = null;
    }
}
