package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;

/** What the origin's side tells of one request, on its loop. */
interface OriginListener {
    /** What shows that an answer is over. */
    enum Ending {
        /** Its length or its last chunk, or that it can have no content: nothing is missing. */
        DELIMITED,
        /** The orderly end of its connection (RFC 9112 section 8). */
        CLOSED
    }

    /** An interim answer's head (RFC 9110 section 15.2); the answer is still to come. */
    default void interim(int status, Fields fields) {}

    /** The answer's head; {@code length} is its Content-Length, -1 where it has none. */
    void answered(int status, Fields fields, long length);

    /** Content of the answer, in order; the receiver owns the buffer. */
    void originContent(ByteBuf part);

    /** The answer is over. */
    void ended(Ending ending);

    /** There will be no answer. */
    void failed(Event.OriginFailed failed);

    /** The answer broke off in its content. */
    void broken();

    /** More content to upload may be taken. */
    void uploadWritableAgain();

    /** What had arrived has been told; a good time to send it on. */
    void originReadComplete();
}
