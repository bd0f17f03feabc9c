package dev.freefleet.bench.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * The server behind every peer: it answers any request with 1,024 bytes of JSON from memory, after a delay if wanted,
 * and counts what reaches it. One event loop, loopback only. An answer may be stored for an hour unless the request's
 * target holds {@code nostore}.
 */
public final class Origin implements AutoCloseable {
    private final EventLoopGroup loop;
    private final Channel channel;

    /**
     * @param port 0 for any free one
     * @param delayMillis before each answer, 0 to 60,000
     */
    public Origin(int port, long delayMillis) {
        if (delayMillis < 0 || delayMillis > 60_000) {
            throw new IllegalArgumentException("delayMillis must be 0 to 60,000, but is " + delayMillis);
        }
        boolean epoll = Epoll.isAvailable();
        loop = new MultiThreadIoEventLoopGroup(1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        var answers = new OriginAnswers();
        var decoding = new HttpDecoderConfig().setMaxInitialLineLength(16_384).setMaxHeaderSize(65_536);
        channel = new ServerBootstrap()
                .group(loop)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4_096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        client.pipeline()
                                .addLast(new HttpRequestDecoder(decoding), new OriginHandler(answers, delayMillis));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .syncUninterruptibly()
                .channel();
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully().syncUninterruptibly();
    }

    /** Runs until it is ended: {@code Origin [PORT [DELAY_MILLIS]]}. Prints its port on the first line. */
    public static void main(String[] args) throws InterruptedException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        long delay = args.length > 1 ? Long.parseLong(args[1]) : 0;
        try (var origin = new Origin(port, delay)) {
            System.out.println(origin.port());
            System.out.flush();
            origin.channel.closeFuture().sync();
        }
    }
}
