package dev.freefleet.gateway;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The event loops and the transport they run: epoll on Linux, NIO elsewhere. */
final class Loops {
    final MultiThreadIoEventLoopGroup group;
    final Class<? extends ServerSocketChannel> serverChannel;
    final Class<? extends SocketChannel> clientChannel;
    private final Sources sources;
    private final Map<EventLoop, Loop> loops = new ConcurrentHashMap<>();

    Loops(GatewayConfig config, Sources sources) {
        boolean epoll = config.nativeTransport() && Epoll.isAvailable();
        IoHandlerFactory transport = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group =
                new MultiThreadIoEventLoopGroup(config.threads(), new DefaultThreadFactory("gateway", true), transport);
        this.serverChannel = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        this.clientChannel = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        this.sources = sources;
    }

    Loop of(EventLoop executor) {
        return loops.computeIfAbsent(executor, made -> new Loop(made, sources));
    }

    /** Ends the loops, whatever they still do. */
    void shutdown() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    Loop any() {
        return of(group.next());
    }
}
