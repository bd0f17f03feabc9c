package dev.freefleet.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client that speaks HTTP/2 in the clear by prior knowledge. */
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Client implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel connection;
    private final String authority;
    /** Interim answers on all streams. */
    final List<Http2Headers> interim = new CopyOnWriteArrayList<>();

    /** An answer; a stream that was reset instead fails its future. */
    record Answer(Http2Headers head, byte[] content) {
        int status() {
            return Integer.parseInt(head.status().toString());
        }

        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }

        String field(String name) {
            return String.valueOf(head.get(name));
        }
    }

    /** An open stream. */
    record Open(Http2StreamChannel stream, CompletableFuture<Answer> answer) {
        void data(byte[] content, boolean end) {
            stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(content), end));
        }

        void reset() {
            stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        }

        Answer get() throws Exception {
            return answer.get(15, TimeUnit.SECONDS);
        }
    }

    Http2Client(InetSocketAddress to) {
        this.authority = "127.0.0.1:" + to.getPort();
        this.connection = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forClient().build(),
                                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                    }
                })
                .connect(to)
                .syncUninterruptibly()
                .channel();
    }

    void ping() {
        connection.writeAndFlush(new DefaultHttp2PingFrame(1));
    }

    boolean isOpen() {
        return connection.isActive();
    }

    Http2Headers head(String method, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .path(path)
                .scheme("http")
                .authority(authority);
    }

    Answer get(String path, String... fields) throws Exception {
        return open(with(head("GET", path), fields), true).get();
    }

    Answer post(String path, String json, String... fields) throws Exception {
        Open open = open(with(head("POST", path).add("content-type", "application/json"), fields), false);
        open.data(json.getBytes(StandardCharsets.UTF_8), true);
        return open.get();
    }

    private static Http2Headers with(Http2Headers head, String... fields) {
        for (int i = 0; i < fields.length; i += 2) {
            head.add(fields[i], fields[i + 1]);
        }
        return head;
    }

    /** The parts of an answer's content as they come. */
    record Heard(LinkedBlockingQueue<String> parts) {
        Heard() {
            this(new LinkedBlockingQueue<>());
        }
    }

    Open open(Http2Headers head, boolean end) {
        return open(head, end, new Heard());
    }

    Open open(Http2Headers head, boolean end, Heard heard) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Http2StreamChannel stream = new Http2StreamChannelBootstrap(connection)
                .handler(new ChannelInboundHandlerAdapter() {
                    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
                    private Http2Headers got = new DefaultHttp2Headers();

                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object frame) {
                        if (frame instanceof Http2HeadersFrame headers
                                && String.valueOf(headers.headers().status()).startsWith("1")) {
                            interim.add(headers.headers());
                        } else if (frame instanceof Http2HeadersFrame headers) {
                            got = headers.headers();
                            done(headers.isEndStream());
                        } else if (frame instanceof Http2DataFrame data) {
                            ByteBuf part = data.content();
                            byte[] bytes = new byte[part.readableBytes()];
                            part.readBytes(bytes);
                            content.writeBytes(bytes);
                            if (bytes.length > 0) {
                                heard.parts().add(new String(bytes, StandardCharsets.UTF_8));
                            }
                            data.release();
                            done(data.isEndStream());
                        } else {
                            ReferenceCountUtil.release(frame);
                        }
                    }

                    private void done(boolean last) {
                        if (last) {
                            answer.complete(new Answer(got, content.toByteArray()));
                        }
                    }

                    @Override
                    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                        if (event instanceof Http2ResetFrame reset) {
                            answer.completeExceptionally(new IllegalStateException("reset " + reset.errorCode()));
                        }
                    }

                    @Override
                    public void channelInactive(ChannelHandlerContext ctx) {
                        answer.completeExceptionally(new IllegalStateException("closed"));
                    }
                })
                .open()
                .awaitUninterruptibly()
                .getNow();
        if (stream == null) {
            throw new IllegalStateException("the connection takes no more streams");
        }
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, end));
        return new Open(stream, answer);
    }

    @Override
    public void close() {
        connection.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
