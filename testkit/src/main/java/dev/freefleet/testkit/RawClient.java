package dev.freefleet.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that sends the bytes it is told, valid or not, and reads what comes back. It waits 10 s at the most, unless told. */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final HttpReader in;

    /** An answer: its head and its content. */
    public record Answer(HttpReader.Head head, byte[] content) {
        public int status() {
            return head.status();
        }

        public @Nullable String field(String name) {
            return head.field(name);
        }

        public String text() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new HttpReader(socket.getInputStream());
    }

    public static RawClient connect(InetSocketAddress to) throws IOException {
        return connect(to, 0);
    }

    /** Connects with a receive buffer of so many bytes, 0: the system's own. */
    public static RawClient connect(InetSocketAddress to, int receiveBuffer) throws IOException {
        return connect(to, receiveBuffer, PATIENCE_MILLIS);
    }

    /** The same, waiting so long. */
    public static RawClient connect(InetSocketAddress to, int receiveBuffer, int patienceMillis) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(to, patienceMillis);
        socket.setSoTimeout(patienceMillis);
        socket.setTcpNoDelay(true);
        return new RawClient(socket);
    }

    /** Sends these bytes, Latin-1. */
    public RawClient send(String bytes) throws IOException {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    /** Reads the content that follows this head into {@code to}. */
    public long drain(HttpReader.Head head, OutputStream to) throws IOException {
        return in.drain(head, false, false, to);
    }

    /** The next bytes as they come; fewer where the connection ends. */
    public byte[] bytes(int count) throws IOException {
        return in.bytes(count);
    }

    /** All bytes until the connection's end, or until it was reset. */
    public byte[] rest() throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            for (byte[] next = in.bytes(1); next.length > 0; next = in.bytes(1)) {
                rest.write(next);
            }
        } catch (SocketTimeoutException open) {
            throw open;
        } catch (IOException reset) {
            // what came before it is what there is
        }
        return rest.toByteArray();
    }

    /** The next answer to a request that is no HEAD, interim ones included. */
    public Answer answer() throws IOException {
        return answer(false);
    }

    /** The next answer; {@code toHead}: to a HEAD request. */
    public Answer answer(boolean toHead) throws IOException {
        HttpReader.Head head = in.head();
        if (head == null) {
            throw new IOException("the connection ended instead of an answer");
        }
        int status = head.status();
        boolean none = toHead || status < 200 || status == 204 || status == 304;
        return new Answer(head, in.content(head, false, none));
    }

    /** The next answer's head alone. */
    public HttpReader.Head head() throws IOException {
        HttpReader.Head head = in.head();
        if (head == null) {
            throw new IOException("the connection ended instead of an answer");
        }
        return head;
    }

    /** Whether nothing but the connection's end comes next, by an end or a reset. */
    public boolean isEnded() throws IOException {
        try {
            return in.head() == null;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    /** Leaves with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
