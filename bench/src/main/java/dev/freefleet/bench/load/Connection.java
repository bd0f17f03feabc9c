package dev.freefleet.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One connection of a load generator: one request at a time, and just enough HTTP to know where its answer ends. */
final class Connection {
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "transfer-encoding:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final SocketChannel channel;
    private final ByteBuffer direct = ByteBuffer.allocateDirect(65_536);
    private final byte[] answer = new byte[65_536];
    private int filled;
    private int scanned;
    private int bodyStart;
    private int bodyLength;
    /** Volatile, and the last that is written before a request and the first that is read of its answer: those may be two threads. */
    private volatile long dueNanos;

    Connection(InetSocketAddress peer, Selector selector) throws IOException {
        channel = SocketChannel.open(peer);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, this);
    }

    void send(ByteBuffer request, long due) throws IOException {
        filled = 0;
        scanned = 0;
        bodyStart = 0;
        dueNanos = due;
        while (request.hasRemaining()) {
            channel.write(request);
        }
    }

    /** Reads what is there; whether the answer is complete. */
    boolean receive() throws IOException {
        if (dueNanos == 0) {
            throw new LoadException("the peer spoke before it was asked, or closed the connection");
        }
        direct.clear().limit(answer.length - filled);
        int read = channel.read(direct);
        if (read < 0) {
            throw new LoadException("the peer closed a connection in mid-run, after " + filled + " bytes of an answer");
        }
        direct.flip().get(answer, filled, read);
        filled += read;
        if (bodyStart == 0 && !readHead()) {
            return false;
        }
        return bodyLength >= 0 ? filled >= bodyStart + bodyLength : endsWithLastChunk();
    }

    int status() {
        return (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
    }

    /** The length of the answer's content, with the chunks' framing where it is chunked. */
    int bodyBytes() {
        return filled - bodyStart;
    }

    long dueNanos() {
        return dueNanos;
    }

    void close() throws IOException {
        channel.close();
    }

    /** Looks for the head's end; there, takes in the framing. */
    private boolean readHead() {
        for (int i = Math.max(scanned, 3); i < filled; i++) {
            if (answer[i] == '\n' && answer[i - 2] == '\n') {
                bodyStart = i + 1;
                bodyLength = length();
                return true;
            }
        }
        scanned = filled;
        return false;
    }

    private int length() {
        for (int i = 0; i < bodyStart - 2; i++) {
            if (answer[i] == '\n' && startsWith(i + 1, LENGTH)) {
                int value = 0;
                for (int at = i + 1 + LENGTH.length; answer[at] != '\r'; at++) {
                    if (answer[at] != ' ') {
                        value = value * 10 + (answer[at] - '0');
                    }
                }
                return value;
            }
            if (answer[i] == '\n' && startsWith(i + 1, CHUNKED)) {
                return -1;
            }
        }
        throw new LoadException("an answer has neither content-length nor transfer-encoding:\n"
                + new String(answer, 0, bodyStart, StandardCharsets.ISO_8859_1));
    }

    private boolean startsWith(int from, byte[] name) {
        if (from + name.length > bodyStart) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            int c = answer[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean endsWithLastChunk() {
        for (int i = 0; i < LAST_CHUNK.length; i++) {
            if (answer[filled - LAST_CHUNK.length + i] != LAST_CHUNK[i]) {
                return false;
            }
        }
        return true;
    }
}
