package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What goes out on one HTTP/1.1 connection. Heads and short content are collected in one buffer, so that an answer, or
 * those of a pipeline, are one write; long content goes out as it is.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Http1Output {
    private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final int COPIED = 16 * 1024;
    private static final int BATCH = 32 * 1024;

    private final SocketChannel channel;
    private final Loop loop;
    private final @Nullable SslHandler tls;
    private @Nullable ByteBuf batch;
    private boolean chunked;
    private boolean unflushed;
    private long written;

    Http1Output(SocketChannel channel, Loop loop) {
        this.channel = channel;
        this.loop = loop;
        this.tls = channel.pipeline().get(SslHandler.class);
    }

    /** Whether it goes out over TLS. */
    boolean isSecure() {
        return tls != null;
    }

    /** Writes an answer's head; the content that follows is framed as it says. */
    void head(
            int status,
            Fields fields,
            @Nullable EncodedLines stored,
            HeadWriter.Framing framing,
            long length,
            HeadWriter.Persistence persistence) {
        chunked = framing == HeadWriter.Framing.CHUNKED;
        loop.heads.answer(batch(), status, fields, stored, framing, length, persistence, loop.dateLine);
    }

    /** Writes an interim answer, which is a head alone. */
    void interim(int status, Fields fields) {
        loop.heads.interim(batch(), status, fields);
    }

    /** Writes bytes as they are. */
    void bytes(byte[] bytes) {
        if (bytes.length <= COPIED) {
            batch().writeBytes(bytes);
        } else {
            send(Unpooled.wrappedBuffer(bytes));
        }
    }

    /** Writes a part of an answer's content; owns the buffer. */
    void part(ByteBuf content) {
        int size = content.readableBytes();
        if (size == 0) {
            content.release();
            return;
        }
        if (chunked) {
            ByteBufUtil.writeAscii(batch(), Integer.toHexString(size));
            batch().writeBytes(LINE_END);
        }
        if (size <= COPIED) {
            batch().writeBytes(content);
            content.release();
        } else {
            send(content);
        }
        if (chunked) {
            batch().writeBytes(LINE_END);
        }
        if (batch != null && batch.readableBytes() > BATCH) {
            sendBatch();
        }
    }

    /** Writes the end of an answer's content. */
    void end() {
        if (chunked) {
            batch().writeBytes(LAST_CHUNK);
            chunked = false;
        }
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            sendBatch();
            channel.flush();
        }
    }

    /** Sends all that was written; the future tells when it is with the system. */
    ChannelFuture flushAll() {
        sendBatch();
        return channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    /** Says that nothing more comes, and goes on reading. */
    void shut() {
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(said -> channel.shutdownOutput());
        }
    }

    /** Ends the connection so that the client sees an error, also one whose TLS takes any close for a good one. */
    void reset() {
        channel.config().setSoLinger(0);
        channel.unsafe().close(channel.voidPromise()); // past TLS, which would say a good-bye
    }

    /** Drops what was not sent yet. */
    void drop() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
    }

    /** Bytes that wait for the client to take them. */
    long pending() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes();
    }

    /** Bytes that the client has taken, about. */
    long taken() {
        return written - pending();
    }

    private ByteBuf batch() {
        ByteBuf out = batch;
        if (out == null) {
            out = channel.alloc().directBuffer(4096);
            batch = out;
        }
        unflushed = true;
        return out;
    }

    private void send(ByteBuf content) {
        sendBatch();
        unflushed = true;
        written += content.readableBytes();
        channel.write(content, channel.voidPromise());
    }

    private void sendBatch() {
        ByteBuf out = batch;
        if (out != null) {
            batch = null;
            written += out.readableBytes();
            channel.write(out, channel.voidPromise());
        }
    }
}
