package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens connections to the origin: looks its name up, connects, and for https proves who it is. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is told to who asked
final class OriginDialer {
    /** Who wants a connection; told on its loop, once. */
    interface Dialed {
        void connected(OriginConnection connection);

        void failed(Event.Failure failure);
    }

    private final OriginClient client;
    private final Loops loops;
    private final OriginAddress address;
    private final String host;
    private final int port;
    private final @Nullable SslContext tls;
    private final TlsTrouble trouble;

    /** {@code tls}: what proves the origin, or null for a URL of http. */
    OriginDialer(OriginClient client, Loops loops, @Nullable SslContext tls) {
        this.client = client;
        this.loops = loops;
        this.tls = tls;
        URI url = client.config().url();
        String written = url.getHost();
        this.host = written.startsWith("[") ? written.substring(1, written.length() - 1) : written;
        this.port = url.getPort() >= 0 ? url.getPort() : tls == null ? 80 : 443;
        this.address = new OriginAddress(host, port);
        this.trouble = new TlsTrouble(host, loops.nanos());
    }

    /** What TLS says against the origin. */
    TlsTrouble trouble() {
        return trouble;
    }

    void dial(Loop loop, Dialed to) {
        address.resolve(loop, found -> {
            if (found == null) {
                to.failed(Event.Failure.UNREACHABLE);
            } else {
                ChannelFuture connecting = connect(loop, found);
                connecting.addListener(done -> connected(connecting, to));
            }
        });
    }

    private ChannelFuture connect(Loop loop, InetSocketAddress to) {
        return new Bootstrap()
                .group(loop.executor)
                .channel(loops.clientChannel)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        client.config().connect().toMillis())
                .option(ChannelOption.ALLOCATOR, Loops.BUFFERS)
                .option(ChannelOption.TCP_NODELAY, true)
                // The origin's end of the connection must be told from a broken one.
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 256 * 1024))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(secured(channel, tls));
                        }
                        OriginConnection connection = new OriginConnection(client, loop, channel, tls != null);
                        channel.pipeline().addLast(connection.decoder(), connection);
                    }
                })
                .connect(to);
    }

    /** The host's name goes along (SNI, RFC 6066 section 3), and the certificate must be for it (RFC 9110, 4.3.4). */
    private SslHandler secured(Channel channel, SslContext context) {
        SslHandler handler = context.newHandler(channel.alloc(), host, port);
        handler.setHandshakeTimeout(client.config().connect().toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    private void connected(ChannelFuture connecting, Dialed to) {
        if (!connecting.isSuccess()) {
            address.doubt();
            boolean late = connecting.cause() instanceof ConnectTimeoutException;
            to.failed(late ? Event.Failure.TIMEOUT : Event.Failure.UNREACHABLE);
            return;
        }
        Channel channel = connecting.channel();
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        OriginConnection fresh = channel.pipeline().get(OriginConnection.class);
        if (handler == null) {
            to.connected(fresh);
            return;
        }
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                to.connected(fresh);
                return;
            }
            channel.close();
            Throwable cause = done.cause();
            if (cause instanceof SslHandshakeTimeoutException) {
                to.failed(Event.Failure.TIMEOUT);
            } else {
                trouble.tell(cause);
                to.failed(Event.Failure.UNREACHABLE);
            }
        });
    }
}
