package dev.freefleet.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.List;

/** Reads the origin's answers, and notices bytes that belong to none before they look like one. */
final class OriginDecoder extends HttpResponseDecoder {
    /** Whose answers they are. */
    interface Owner {
        /** Bytes came, whatever they are. */
        void gotBytes();

        /** Whether an answer is awaited, or is not over yet. */
        boolean awaitsAnswer();

        /** Whether it answers a HEAD. */
        boolean answersHead();

        /** Bytes came that belong to no answer; they are gone. */
        void gotStrayBytes();
    }

    private final Owner owner;

    OriginDecoder(Owner owner, int maxHeadBytes) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(8 * 1024)
                .setMaxHeaderSize(maxHeadBytes)
                .setMaxChunkSize(64 * 1024)
                .setHeadersFactory(HeadFields.factory())
                .setTrailersFactory(HeadFields.factory()));
        this.owner = owner;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        owner.gotBytes();
        super.channelRead(ctx, message);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        int status = ((HttpResponse) message).status().code();
        if (status == 204 && ((HeadFields) message.headers()).transferEncoding() != null) {
            owner.gotStrayBytes(); // chunks may follow; the field is gone when the head is passed on
        }
        // RFC 9110 section 15.2; Netty makes an exception of old drafts of WebSocket.
        return status < 200 || owner.answersHead() || super.isContentAlwaysEmpty(message);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (owner.awaitsAnswer()) {
            super.decode(ctx, in, out);
        } else {
            in.skipBytes(in.readableBytes());
            owner.gotStrayBytes();
        }
    }
}
