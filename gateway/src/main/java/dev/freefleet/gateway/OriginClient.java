package dev.freefleet.gateway;

import dev.freefleet.edge.OriginRequest;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * The client of the one origin. A call uses connections of its own event loop, so that an exchange never changes
 * threads; the bound on requests at once spans all loops.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class OriginClient {
    private static final int MAX_IDLE_PER_LOOP = 128;

    private final GatewayConfig.Origin config;
    private final Loops loops;
    private final OriginGate gate;
    private final OriginAddress address;
    private final String basePath;
    private final byte[] hostLine;

    OriginClient(GatewayConfig.Origin config, Loops loops) {
        this.config = config;
        this.loops = loops;
        this.gate = new OriginGate(config.maxConcurrent(), config.maxQueued());
        URI url = config.url();
        String host = url.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        this.address = new OriginAddress(bare, url.getPort() < 0 ? 80 : url.getPort());
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        this.basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        this.hostLine = ("host: " + url.getRawAuthority() + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * A call, not begun.
     *
     * @param streaming whether content will be uploaded
     * @param contentLength of content that will be uploaded, -1 where it is not known
     * @param replayable whether the request may be sent again where a kept connection turns out to be dead
     */
    OriginCall call(
            Loop loop,
            OriginRequest request,
            boolean streaming,
            long contentLength,
            boolean replayable,
            OriginCall.Listener listener) {
        return new OriginCall(this, loop, request, streaming, contentLength, replayable, listener);
    }

    GatewayConfig.Origin config() {
        return config;
    }

    OriginGate gate() {
        return gate;
    }

    OriginAddress address() {
        return address;
    }

    String basePath() {
        return basePath;
    }

    byte[] hostLine() {
        return hostLine;
    }

    /** Keeps a connection for the next call of its loop. */
    void keep(Loop loop, OriginConnection connection) {
        if (loop.idle.size() >= MAX_IDLE_PER_LOOP) {
            loop.idle.removeFirst().close();
        }
        loop.idle.addLast(connection);
    }

    ChannelFuture connect(Loop loop, InetSocketAddress to) {
        return new Bootstrap()
                .group(loop.executor)
                .channel(loops.clientChannel)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        config.connect().toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 * 1024, 256 * 1024))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        OriginConnection connection = new OriginConnection(OriginClient.this, loop, channel);
                        channel.pipeline().addLast(connection.decoder(), connection);
                    }
                })
                .connect(to);
    }
}
