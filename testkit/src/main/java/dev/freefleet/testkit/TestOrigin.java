package dev.freefleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real origin server on loopback whose behaviour a test scripts, down to the bytes: it answers, dawdles, breaks off or
 * talks garbage. A connection is a virtual thread; it keeps a connection alive until its script says otherwise.
 */
public final class TestOrigin implements AutoCloseable {
    /** What the server does with a request. It may throw {@link IOException}, which ends the connection. */
    public interface Script {
        void handle(OriginExchange exchange) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<OriginExchange> exchanges = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Script script;
    private @Nullable Thread acceptor;

    private TestOrigin(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
    }

    /** Starts a server on a free port. */
    public static TestOrigin start(Script script) {
        return start(0, script);
    }

    /** Starts a server on this port, where another has been. */
    public static TestOrigin start(int port, Script script) {
        try {
            ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
            TestOrigin origin = new TestOrigin(server, script);
            origin.acceptor = Thread.ofVirtual().name("origin-accept").start(origin::accept);
            return origin;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** From the next request on, the server does this. */
    public void script(Script next) {
        script = next;
    }

    /** {@code http://127.0.0.1:port}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** The requests so far, those in progress too, in the order of their heads. */
    public List<OriginExchange> exchanges() {
        synchronized (exchanges) {
            return List.copyOf(exchanges);
        }
    }

    /** How many requests there were. */
    public int requests() {
        return exchanges.size();
    }

    /** How many connections there were. */
    public int connections() {
        return connections.get();
    }

    /** How many connections are open. */
    public int openConnections() {
        return open.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                open.add(socket);
                if (server.isClosed()) {
                    socket.close(); // close() may have looked before
                }
                Thread.ofVirtual().name("origin-connection").start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            HttpReader in = new HttpReader(socket.getInputStream());
            @Nullable OriginExchange exchange = null;
            do {
                HttpReader.Head head = in.head();
                if (head == null) {
                    return;
                }
                exchange = new OriginExchange(socket, in, head, exchange == null);
                exchanges.add(exchange);
                script.handle(exchange);
            } while (exchange.keepsAlive());
        } catch (IOException gone) {
            // the other end left, which tests want it to do
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            if (acceptor != null) {
                acceptor.join(); // while it waits in accept, the system may still take connections
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : open) {
            socket.close();
        }
    }
}
