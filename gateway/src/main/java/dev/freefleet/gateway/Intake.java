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
    private @Nullable OriginCall upload;
    private int maxBytes;
    private long bytesIn;

    Intake(ExchangeRunner run) {
        this.run = run;
    }

    long bytesIn() {
        return bytesIn;
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
        maxBytes = max;
        collected = new Collected(head.contentLength());
        run.client().wantContent(true);
        return null;
    }

    /** Sends the content to the origin as the client sends it. */
    void upload(OriginCall to, int max) {
        maxBytes = max;
        upload = to;
    }

    boolean isUploading() {
        return upload != null;
    }

    void content(ByteBuf part, boolean last) {
        bytesIn += part.readableBytes();
        Collected into = collected;
        OriginCall to = upload;
        if (into == null && to == null) {
            part.release();
        } else if (bytesIn > maxBytes) {
            part.release();
            collected = null;
            upload = null;
            tooLarge(to);
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

    private void tooLarge(@Nullable OriginCall to) {
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

    private void pass(OriginCall to, ByteBuf part, boolean last) {
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
        OriginCall to = upload;
        if (to != null && to.uploadWritable()) {
            run.client().wantContent(true);
        }
    }

    /** The call is over; what still comes is of no use. */
    void uploadOver() {
        upload = null;
    }
}
