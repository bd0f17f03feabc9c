package dev.freefleet.gateway;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The origin's address, looked up by the system's resolver on a thread of its own (it blocks, and it knows names that a
 * DNS client does not, such as those of a home network) and kept for 30 seconds.
 */
final class OriginAddress {
    private static final long KEPT_NANOS = 30_000_000_000L;

    private final String host;
    private final int port;

    private record Known(InetSocketAddress address, long untilNanos) {}

    private volatile @Nullable Known known;

    OriginAddress(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /** Gives the address, or null where the name is not known, on this loop. */
    void resolve(Loop loop, Consumer<@Nullable InetSocketAddress> then) {
        Known now = known;
        if (now != null && now.untilNanos - loop.nanos() > 0) {
            then.accept(now.address);
            return;
        }
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal != null) {
            then.accept(remember(loop, address(literal)));
            return;
        }
        Thread.ofVirtual().name("resolve-origin").start(() -> {
            InetAddress found = lookUp();
            loop.executor.execute(() -> then.accept(found == null ? null : remember(loop, found)));
        });
    }

    private InetSocketAddress remember(Loop loop, InetAddress address) {
        InetSocketAddress found = new InetSocketAddress(address, port);
        known = new Known(found, loop.nanos() + KEPT_NANOS);
        return found;
    }

    /** The address did not answer; it is looked up anew the next time. */
    void doubt() {
        known = null;
    }

    private @Nullable InetAddress lookUp() {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            return null;
        }
    }

    private static InetAddress address(byte[] literal) {
        try {
            return InetAddress.getByAddress(literal);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of 4 or 16 bytes", impossible);
        }
    }
}
