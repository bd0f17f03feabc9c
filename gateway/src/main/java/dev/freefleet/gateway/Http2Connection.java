package dev.freefleet.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * A client's HTTP/2 connection: sets its codec up and ends it when it is idle or the gateway closes. Floods of resets (of
 * either side), empty frames and continuations are bounded by Netty's codec, whose defaults stand; floods of control
 * frames, which the codec bounds only where their answers are left unread, here.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Http2Connection extends ChannelInboundHandlerAdapter implements Loop.Timed {
    private static final int STREAM_WINDOW = 64 * 1024;
    /** In each span of so long; a client that measures the round trip with pings sends some tens a second. */
    private static final int MAX_CONTROL_FRAMES = 2_000;

    private static final long COUNTED_NANOS = 10_000_000_000L;

    private final Services services;
    private final Loop loop;
    private final SocketChannel channel;
    private final Http2FrameCodec codec;
    private final TimeWatch watch = new TimeWatch();
    private boolean draining;
    private int controlFrames;
    private long countedSinceNanos;

    private Http2Connection(Services services, Loop loop, SocketChannel channel, Http2FrameCodec codec) {
        this.services = services;
        this.loop = loop;
        this.channel = channel;
        this.codec = codec;
        this.countedSinceNanos = loop.nanos();
    }

    /** Adds what HTTP/2 needs to the connection's pipeline. */
    static void install(Services services, Loop loop, SocketChannel channel) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(services.config().requests().maxStreams())
                        .maxHeaderListSize(services.config().requests().maxHeadBytes())
                        .initialWindowSize(STREAM_WINDOW))
                .validateHeaders(true)
                .gracefulShutdownTimeoutMillis(0)
                .build();
        byte[] peer = channel.remoteAddress().getAddress().getAddress();
        boolean secure = channel.pipeline().get(SslHandler.class) != null;
        Http2Connection connection = new Http2Connection(services, loop, channel, codec);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(codec);
        pipeline.addLast(new StreamErrors());
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2Stream(services, loop, stream, peer, secure));
            }
        }));
        pipeline.addLast(connection);
        loop.watch(connection);
    }

    /** Says a stream's error to the client. Netty closes the stream then, but without a word where the request has ended. */
    private static final class StreamErrors extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof Http2FrameStreamException broken) {
                ctx.writeAndFlush(new DefaultHttp2ResetFrame(broken.error()).stream(broken.stream()));
            }
            ctx.fireExceptionCaught(cause);
        }
    }

    private int streams() {
        return codec.connection().numActiveStreams();
    }

    /** Settings, pings and the like, which the codec has answered; each costs an answer, so that they are counted. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        ReferenceCountUtil.release(frame);
        controlFrames++;
        if (controlFrames == MAX_CONTROL_FRAMES) {
            channel.config().setAutoRead(false);
            channel.write(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM));
            channel.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Draining.NOW) {
            draining = true;
            channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            if (streams() == 0) {
                channel.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.unwatch(this);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof Http2Exception)) { // else the codec says why it ends the connection, and ends it
            channel.close();
        }
    }

    @Override
    public void checkTime(long nowNanos) {
        if (nowNanos - countedSinceNanos > COUNTED_NANOS) {
            countedSinceNanos = nowNanos;
            controlFrames = 0;
        }
        boolean idle = streams() == 0;
        long elapsed = watch.elapsed(
                idle ? TimeWatch.Phase.IDLE : TimeWatch.Phase.BUSY,
                codec.connection().remote().lastStreamCreated(),
                nowNanos,
                0);
        if (idle && (draining || elapsed > services.config().times().idle().toNanos())) {
            channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            channel.close();
        }
    }
}
