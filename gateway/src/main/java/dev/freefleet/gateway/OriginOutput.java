package dev.freefleet.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelPromise;
import java.nio.charset.StandardCharsets;

/** Writes requests on a connection to the origin. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class OriginOutput {
    private static final int SMALL = 16 * 1024;
    private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final OriginClient client;
    private final Loop loop;
    private final Channel channel;
    private boolean chunked;
    private boolean done;
    private boolean unsent;

    OriginOutput(OriginClient client, Loop loop, Channel channel) {
        this.client = client;
        this.loop = loop;
        this.channel = channel;
    }

    /** Whether the whole request was written. */
    boolean isDone() {
        return done;
    }

    /** Whether no byte of the request left; told only where it decides if the request may be sent again. */
    boolean isUnsent() {
        return unsent;
    }

    /**
     * Writes the request's head, and its content where it is there.
     *
     * @param used whether the connection has had a request before, so that it may be about to end
     */
    void request(OriginAsk ask, boolean used) {
        long length = length(ask);
        chunked = length == HeadWriter.UNKNOWN;
        done = !ask.streaming();
        unsent = false;
        byte[] content = ask.request().content();
        int contentSize = content == null ? 0 : content.length;
        ByteBuf out = channel.alloc().directBuffer(1024 + (contentSize <= SMALL ? contentSize : 0));
        loop.heads.request(
                out,
                ask.request().method(),
                client.target(ask.request().target()),
                client.hostLine(),
                client.keyed(ask.request()),
                length);
        if (content != null && contentSize <= SMALL) {
            out.writeBytes(content);
        }
        channel.write(out, sending(used && !ask.idempotent()));
        if (content != null && contentSize > SMALL) {
            channel.write(Unpooled.wrappedBuffer(content), channel.voidPromise());
        }
        channel.flush();
    }

    /** What the head says of the content: {@link HeadWriter#UNKNOWN} for chunks, {@link HeadWriter#NO_CONTENT}. */
    private static long length(OriginAsk ask) {
        if (ask.streaming()) {
            return ask.contentLength();
        }
        byte[] content = ask.request().content();
        if (content != null && content.length > 0) {
            return content.length;
        }
        return switch (ask.request().method()) {
            case "POST", "PUT", "PATCH", "QUERY" -> 0;
            default -> HeadWriter.NO_CONTENT;
        };
    }

    private ChannelPromise sending(boolean watched) {
        if (!watched) {
            return channel.voidPromise();
        }
        return channel.newProgressivePromise().addListener(new ChannelProgressiveFutureListener() {
            private boolean left;

            @Override
            public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
                left = true;
            }

            @Override
            public void operationComplete(ChannelProgressiveFuture future) {
                unsent = !future.isSuccess() && !left;
            }
        });
    }

    /** Writes a part of the request's content; owns the buffer. */
    void upload(ByteBuf part, boolean last) {
        int size = part.readableBytes();
        if (chunked) {
            ByteBuf frame = channel.alloc().directBuffer(32);
            if (size > 0) {
                ByteBufUtil.writeAscii(frame, Integer.toHexString(size));
                frame.writeBytes(LINE_END);
            }
            channel.write(frame, channel.voidPromise());
            channel.write(part, channel.voidPromise());
            ByteBuf tail = channel.alloc().directBuffer(8);
            if (size > 0) {
                tail.writeBytes(LINE_END);
            }
            if (last) {
                tail.writeBytes(LAST_CHUNK);
            }
            channel.write(tail, channel.voidPromise());
        } else {
            channel.write(part, channel.voidPromise());
        }
        done = last;
        channel.flush();
    }
}
