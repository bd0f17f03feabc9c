package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one exchange, over HTTP/1.1 or an HTTP/2 stream. All calls are made on its event loop. Exactly one
 * of {@link #answer}, {@link #begin} (with {@link #part} and {@link #end}) and {@link #breakOff} is made; what was
 * written goes out with {@link #flush} or at the end of the read that caused it.
 */
interface ClientStream {
    /** What the client's side tells the exchange. */
    interface Listener {
        /** Content of the request, in order; the receiver owns the buffer. Empty with {@code last} where it ends. */
        void content(ByteBuf part, boolean last);

        /**
         * The client left, took too long or broke the rules. Nothing can be answered any more.
         *
         * @param told the status that the client was given for it; 499 where it was given none
         */
        void gone(int told);

        /** {@link ClientStream#writable} may have become true. */
        void writableAgain();
    }

    /** Whether content of the request may come now; the first time, a client that waits for 100 Continue is told. */
    void wantContent(boolean wanted);

    /** Whether the client takes what is written: false while too much waits to be sent. */
    boolean writable();

    /** The whole answer. {@code length} is what Content-Length says, -1 for none; {@code content} may be empty. */
    void answer(int status, Fields fields, @Nullable EncodedLines stored, long length, byte[] content);

    /** The head of an answer whose content follows; {@code length} -1: not known. */
    void begin(int status, Fields fields, @Nullable EncodedLines stored, long length);

    /** A part of the content; the stream owns the buffer from now on. */
    void part(ByteBuf content);

    /** The content is complete. */
    void end();

    /** Ends the stream so that the client sees that the answer is not complete. */
    void breakOff();

    /** Sends what was written. */
    void flush();
}
