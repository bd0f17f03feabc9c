package dev.freefleet.backup.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Stands between a client and a server on loopback and does to each request what it is told to. */
public final class FaultProxy implements AutoCloseable {
    private static final int SLOW_PIECES = 8;
    private static final int TRICKLE_PIECES = 1_000;
    private static final long SLOW_PAUSE_MILLIS = 10;

    private final ServerSocket server;
    private final int upstream;
    private final ExecutorService connections = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> listings = new ConcurrentHashMap<>();
    private volatile byte[] lastWritten = new byte[0];
    private volatile Function<String, Fault> faults = request -> Fault.NONE;

    /** What happens to a request. */
    public enum Fault {
        NONE,
        /** 500 InternalError. */
        ERROR,
        /** 503 SlowDown. */
        SLOW_DOWN,
        /** 409, as where another write of the same object is under way. */
        CONFLICT,
        /** 507, as of a store that is full. */
        FULL,
        /** 403 AccessDenied. */
        DENIED,
        /** The connection is cut before the request is passed on. */
        CUT_BEFORE,
        /** The request is passed on, and the connection is cut in the middle of the answer. */
        CUT_ANSWER,
        /** The same, but it ends as if that were all. */
        END_ANSWER,
        /** What was asked for a part is answered with the beginning of that part, as if that were all. */
        SHORT_PART,
        /** What was asked for a part is answered with the whole object that was written last. */
        WHOLE_FOR_PART,
        /** The request is passed on, and no answer comes back. */
        LOSE_ANSWER,
        /** The answer comes bit by bit, slower than any that is well, and wholly. */
        SLOW,
        /** The answer comes so slowly that the client's patience ends, though never for long nothing comes. */
        TRICKLE,
        /** A listing is answered as it was the last time that it was not. */
        OLD_LISTING,
        /** Nothing happens for longer than the client waits. */
        STALL,
        /** 501, as of a service that does not know conditional writes. */
        UNKNOWN_CONDITION
    }

    public FaultProxy(int upstream) throws IOException {
        this.upstream = upstream;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        connections.execute(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Decides by the head of each request. */
    public void faults(Function<String, Fault> decide) {
        this.faults = decide;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                connections.execute(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            Fault fault = faults.apply(head);
            if (fault == Fault.CUT_BEFORE) {
                client.setSoLinger(true, 0);
                return;
            }
            if (head.toLowerCase(java.util.Locale.ROOT).contains("expect: 100-continue")) {
                client.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            byte[] body = in.readNBytes(length(head));
            if (head.startsWith("PUT ")) {
                lastWritten = body;
            }
            answer(client, fault, head, body);
        } catch (IOException | InterruptedException e) {
            // The client sees a connection that ends.
        }
    }

    private void answer(Socket client, Fault fault, String head, byte[] body) throws IOException, InterruptedException {
        OutputStream out = client.getOutputStream();
        switch (fault) {
            case ERROR -> out.write(error(500, "InternalError"));
            case SLOW_DOWN -> out.write(error(503, "SlowDown"));
            case CONFLICT -> out.write(error(409, "ConditionalRequestConflict"));
            case FULL -> out.write(error(507, "QuotaExceeded"));
            case DENIED -> out.write(error(403, "AccessDenied"));
            case UNKNOWN_CONDITION -> out.write(error(501, "NotImplemented"));
            case STALL -> Thread.sleep(20_000);
            case LOSE_ANSWER -> forward(head, body);
            case CUT_ANSWER -> {
                byte[] whole = forward(head, body);
                out.write(whole, 0, whole.length / 2);
                out.flush();
                client.setSoLinger(true, 0);
            }
            case END_ANSWER -> {
                byte[] whole = forward(head, body);
                out.write(whole, 0, whole.length - (whole.length - body(whole)) / 2);
            }
            case SHORT_PART -> out.write(shortened(forward(head, body)));
            case WHOLE_FOR_PART -> {
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + lastWritten.length + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(lastWritten);
            }
            case SLOW -> inPieces(out, forward(head, body), SLOW_PIECES);
            case TRICKLE -> inPieces(out, forward(head, body), TRICKLE_PIECES);
            case OLD_LISTING -> {
                byte[] old = listings.get(line(head));
                out.write(old == null ? forward(head, body) : old);
            }
            case NONE -> {
                byte[] whole = forward(head, body);
                if (isListing(head)) {
                    listings.put(line(head), whole);
                }
                out.write(whole);
            }
            case CUT_BEFORE -> throw new IOException("was cut");
        }
        out.flush();
    }

    private static void inPieces(OutputStream out, byte[] whole, int pieces) throws IOException, InterruptedException {
        int piece = whole.length / pieces + 1;
        for (int at = 0; at < whole.length; at += piece) {
            out.write(whole, at, Math.min(piece, whole.length - at));
            out.flush();
            Thread.sleep(SLOW_PAUSE_MILLIS);
        }
    }

    /** Where an answer's body begins. */
    private static int body(byte[] answer) {
        return new String(answer, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
    }

    private static byte[] shortened(byte[] answer) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        int at = body(answer);
        int half = (answer.length - at) / 2;
        String head = text.substring(0, at).replaceAll("(?i)content-length: *\\d+", "Content-Length: " + half);
        return (head + text.substring(at, at + half)).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether a request lists what a bucket holds. */
    static boolean isListing(String head) {
        return line(head).startsWith("GET ") && line(head).contains("list-type=2");
    }

    private static String line(String head) {
        return head.substring(0, head.indexOf("\r\n"));
    }

    private static byte[] error(int status, String code) {
        String xml = "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>told to</Message></Error>";
        return ("HTTP/1.1 " + status + " Told\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
                        + xml.length() + "\r\n\r\n" + xml)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] forward(String head, byte[] body) throws IOException {
        try (Socket s = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
            String once = head.replaceAll("(?i)\r\n(expect|connection|keep-alive):[^\r]*", "")
                    .replaceFirst("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
            s.getOutputStream().write(once.getBytes(StandardCharsets.ISO_8859_1));
            s.getOutputStream().write(body);
            s.getOutputStream().flush();
            return s.getInputStream().readAllBytes();
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        while (true) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.write(b);
            last = last << 8 | b;
            if (last == 0x0D0A0D0A) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
    }

    private static int length(String head) {
        for (String line : head.split("\r\n", -1)) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                return Integer.parseInt(line.substring(15).strip());
            }
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        server.close();
        connections.shutdownNow();
    }
}
