package dev.freefleet.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One request at a {@link TestOrigin} and the ways to answer it. */
public final class OriginExchange {
    private final Socket socket;
    private final HttpReader in;
    private final HttpReader.Head head;
    private final boolean first;
    private byte @Nullable [] content;
    private boolean read;
    private boolean keepAlive = true;

    OriginExchange(Socket socket, HttpReader in, HttpReader.Head head, boolean first) {
        this.socket = socket;
        this.in = in;
        this.head = head;
        this.first = first;
    }

    public String method() {
        return head.startLine().split(" ", 3)[0];
    }

    public String target() {
        return head.startLine().split(" ", 3)[1];
    }

    public HttpReader.Head head() {
        return head;
    }

    /** Whether this is the first request of its connection. */
    public boolean isFirst() {
        return first;
    }

    /** The whole content, read when this is first called. */
    public synchronized byte[] content() throws IOException {
        byte[] known = content;
        if (known == null) {
            known = in.content(head, true, false);
            content = known;
            read = true;
        }
        return known;
    }

    public String text() throws IOException {
        return new String(content(), StandardCharsets.UTF_8);
    }

    /** Reads the content into {@code to} and says how long it was. */
    public long drain(OutputStream to) throws IOException {
        read = true;
        return in.drain(head, true, false, to);
    }

    /** Answers 200 with this JSON. */
    public void json(String json) throws IOException {
        answer(200, "application/json", json);
    }

    /** Answers with this content. {@code fields}: whole field lines, each without its line end. */
    public void answer(int status, String type, String text, String... fields) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + " Said\r\n");
        answer.append("Content-Type: ").append(type).append("\r\n");
        for (String field : fields) {
            answer.append(field).append("\r\n");
        }
        answer.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        if (!read) {
            content();
        }
        OutputStream out = socket.getOutputStream();
        byte[] first = answer.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = java.util.Arrays.copyOf(first, first.length + (method().equals("HEAD") ? 0 : bytes.length));
        System.arraycopy(bytes, 0, all, first.length, all.length - first.length);
        out.write(all);
        out.flush();
    }

    /** Sends these bytes as they are, Latin-1. */
    public void raw(String bytes) throws IOException {
        out().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        out().flush();
    }

    /** The connection's output as it is. */
    public OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    /** The connection's input as it is, behind what was read already. */
    public InputStream in() {
        return in.stream();
    }

    /** Ends the connection when the script returns. */
    public void end() {
        keepAlive = false;
    }

    /** Ends the connection at once with a reset. */
    public void reset() throws IOException {
        keepAlive = false;
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Whether the other end has closed the connection; waits for its next byte or end. */
    public boolean waitForEnd() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException gone) {
            return true;
        }
    }

    boolean keepsAlive() {
        return keepAlive && !"close".equalsIgnoreCase(head.field("connection"));
    }
}
