package dev.freefleet.bench.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/** One connection to the origin: the answer goes out when the request's content is complete. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close reaches exceptionCaught, or the client is gone
final class OriginHandler extends ChannelInboundHandlerAdapter {
    private final OriginAnswers answers;
    private final long delayMillis;
    private String target = "";

    OriginHandler(OriginAnswers answers, long delayMillis) {
        this.answers = answers;
        this.delayMillis = delayMillis;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HttpRequest request) {
                if (request.decoderResult().isFailure()) {
                    context.close();
                    return;
                }
                target = request.uri();
            }
            if (message instanceof LastHttpContent) {
                String asked = target;
                if (delayMillis == 0 || asked.startsWith("/_")) {
                    context.write(answers.answer(asked), context.voidPromise());
                } else {
                    context.executor()
                            .schedule(
                                    () -> context.writeAndFlush(answers.answer(asked)),
                                    delayMillis,
                                    TimeUnit.MILLISECONDS);
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
