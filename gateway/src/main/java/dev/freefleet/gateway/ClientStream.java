package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.SocketChannel;
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

    /** All of the request's content where it has come already, which is given once; otherwise null, and it is to be wanted. */
    default byte @Nullable [] wholeContent() {
        return null;
    }

    /** Whether the client takes what is written: false while too much waits to be sent. */
    boolean writable();

    /** An interim answer (RFC 9110 section 15.2), sent at once; before the answer alone, and not to HTTP/1.0. */
    void interim(int status, Fields fields);

    /** The whole answer. {@code length} is what Content-Length says, -1 for none; {@code content} may be empty. */
    void answer(int status, Fields fields, @Nullable EncodedLines stored, long length, byte[] content);

    /** The head of an answer whose content follows; {@code length} -1: not known. */
    void begin(int status, Fields fields, @Nullable EncodedLines stored, long length);

    /** A part of the content; the stream owns the buffer from now on. */
    void part(ByteBuf content);

    /** The content is complete. */
    void end();

    /**
     * Answers 101 and gives the connection away, whose bytes are no HTTP from then on; nothing else of this stream is
     * called after that. Null, and nothing answered, where the client sent more than its request: what was written as
     * HTTP must not be read as something else.
     */
    @Nullable
    SocketChannel switchProtocol(Fields fields);

    /** Ends the stream so that the client sees that the answer is not complete. */
    void breakOff();

    /** Sends what was written. */
    void flush();
}
