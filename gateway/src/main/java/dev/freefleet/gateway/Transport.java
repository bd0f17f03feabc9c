package dev.freefleet.gateway;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the gateway asks the system for its connections' bytes. */
public enum Transport {
    /** The first of the others that there is here. */
    AUTO {
        @Override
        Parts parts() {
            return !IO_URING.isMissing() ? IO_URING.parts() : !EPOLL.isMissing() ? EPOLL.parts() : NIO.parts();
        }
    },
    /** Linux's io_uring: the reads and writes of many connections in one call; containers often forbid it. */
    IO_URING {
        @Override
        @Nullable
        Throwable missing() {
            return IoUring.isAvailable() ? null : IoUring.unavailabilityCause();
        }

        @Override
        Parts parts() {
            return new Parts(
                    IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class, IoUringSocketChannel.class);
        }
    },
    /** Linux's epoll: a call for each read and each write. */
    EPOLL {
        @Override
        @Nullable
        Throwable missing() {
            return Epoll.isAvailable() ? null : Epoll.unavailabilityCause();
        }

        @Override
        Parts parts() {
            return new Parts(EpollIoHandler.newFactory(), EpollServerSocketChannel.class, EpollSocketChannel.class);
        }
    },
    /** What Java itself has, on every system. */
    NIO {
        @Override
        Parts parts() {
            return new Parts(NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class);
        }
    };

    /** What Netty needs of it. */
    record Parts(
            IoHandlerFactory handler,
            Class<? extends ServerSocketChannel> server,
            Class<? extends SocketChannel> client) {}

    /** Why it cannot be used here, or null where it can. */
    @Nullable
    Throwable missing() {
        return null;
    }

    private boolean isMissing() {
        return missing() != null;
    }

    abstract Parts parts();

    /** @throws GatewayException if it cannot be used here */
    Parts checked() {
        Throwable missing = missing();
        if (missing != null) {
            throw new GatewayException(
                    "The gateway cannot use " + name().toLowerCase(Locale.ROOT) + " on this system ("
                            + missing.getMessage() + "); set gateway.transport to auto.",
                    missing);
        }
        return parts();
    }
}
