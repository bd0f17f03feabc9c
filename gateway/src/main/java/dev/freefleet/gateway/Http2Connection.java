package dev.freefleet.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;

/**
 * A client's HTTP/2 connection: sets its codec up and ends it when it is idle or the gateway closes. Floods of resets,
 * empty frames, continuations and control frames are bounded by Netty's codec, whose defaults stand.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class Http2Connection extends ChannelInboundHandlerAdapter implements Loop.Timed {
    private static final int STREAM_WINDOW = 64 * 1024;

    private final Services services;
    private final Loop loop;
    private final SocketChannel channel;
    private final Http2FrameCodec codec;
    private final TimeWatch watch = new TimeWatch();
    private boolean draining;

    private Http2Connection(Services services, Loop loop, SocketChannel channel, Http2FrameCodec codec) {
        this.services = services;
        this.loop = loop;
        this.channel = channel;
        this.codec = codec;
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
        Http2Connection connection = new Http2Connection(services, loop, channel, codec);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(codec);
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2Stream(services, loop, stream, peer));
            }
        }));
        pipeline.addLast(connection);
        loop.watch(connection);
    }

    private int streams() {
        return codec.connection().numActiveStreams();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        ReferenceCountUtil.release(frame); // settings, pings and the like, which the codec has answered
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
        channel.close();
    }

    @Override
    public void checkTime(long nowNanos) {
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
