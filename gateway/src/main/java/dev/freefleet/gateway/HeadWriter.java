package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes heads of HTTP/1.1 messages. It has a scratch array, so that one belongs to one event loop. */
final class HeadWriter {
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
    private static final byte[] CLOSE = ascii("connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("connection: keep-alive\r\n");
    private static final byte[] LENGTH = ascii("content-length: ");
    private static final byte[] AGE = ascii("age: ");
    private static final byte[] CACHE_STATUS = ascii("cache-status: ");
    private static final byte[] REQUEST_ID = ascii("x-request-id: ");
    private static final byte[] RATE_LIMIT_POLICY = ascii("ratelimit-policy: ");
    private static final byte[] RATE_LIMIT = ascii("ratelimit: ");
    private static final byte[] REQUEST_END = ascii(" HTTP/1.1\r\n");

    /** The length of a message that is sent in chunks. */
    static final long UNKNOWN = -1;
    /** The length of a request without content. */
    static final long NO_CONTENT = -2;

    /** What the Connection field says. */
    enum Persistence {
        /** Nothing: HTTP/1.1's default is to stay. */
        STAY,
        /** keep-alive, which HTTP/1.0 wants to hear. */
        SAY_STAY,
        CLOSE
    }

    /** How the content is delimited. */
    enum Framing {
        LENGTH,
        CHUNKED,
        /** By the end of the connection, or there is none. */
        NONE
    }

    private byte[] scratch = new byte[4096];
    private int used;

    /** An answer's head; {@code dateLine} is asked for where the fields have none. */
    void answer(
            ByteBuf out,
            int status,
            Fields fields,
            @Nullable EncodedLines stored,
            Framing framing,
            long length,
            Persistence persistence,
            Supplier<byte[]> dateLine) {
        used = 0;
        append(Statuses.line(status));
        boolean dated = stored == null ? lines(fields) : lines(fields, stored);
        if (!dated) {
            append(dateLine.get());
        }
        framing(framing, length);
        switch (persistence) {
            case STAY -> {}
            case SAY_STAY -> append(KEEP_ALIVE);
            case CLOSE -> append(CLOSE);
        }
        finish(out);
    }

    /** An interim answer. */
    void interim(ByteBuf out, int status, Fields fields) {
        used = 0;
        append(Statuses.line(status));
        lines(fields);
        finish(out);
    }

    /** A request's head; {@code length} may be {@link #UNKNOWN} or {@link #NO_CONTENT}. */
    void request(ByteBuf out, String method, String target, byte[] hostLine, Fields fields, long length) {
        used = 0;
        append(method);
        append(' ');
        append(target);
        append(REQUEST_END);
        append(hostLine);
        lines(fields);
        if (length != NO_CONTENT) {
            framing(length == UNKNOWN ? Framing.CHUNKED : Framing.LENGTH, length);
        }
        finish(out);
    }

    private void framing(Framing framing, long length) {
        switch (framing) {
            case LENGTH -> {
                append(LENGTH);
                append(length);
                lineEnd();
            }
            case CHUNKED -> append(CHUNKED);
            case NONE -> {}
        }
    }

    private void finish(ByteBuf out) {
        lineEnd();
        out.writeBytes(scratch, 0, used);
    }

    private boolean lines(Fields fields) {
        boolean dated = false;
        for (int i = 0; i < fields.size(); i++) {
            dated |= line(fields.name(i), fields.value(i));
        }
        return dated;
    }

    private boolean lines(Fields fields, EncodedLines stored) {
        boolean dated = false;
        int next = 0;
        int runStart = 0;
        int runEnd = 0;
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i);
            int found = stored.find(next, name, fields.value(i));
            if (found >= 0) {
                dated |= name.equals("date");
                if (stored.start(found) != runEnd) {
                    append(stored.bytes, runStart, runEnd);
                    runStart = stored.start(found);
                }
                runEnd = stored.end(found);
                next = found + 1;
            } else {
                append(stored.bytes, runStart, runEnd);
                runStart = runEnd;
                dated |= line(name, fields.value(i));
            }
        }
        append(stored.bytes, runStart, runEnd);
        return dated;
    }

    private boolean line(String name, String value) {
        byte[] known = known(name);
        if (known == null) {
            append(name);
            append(':');
            append(' ');
        } else {
            append(known);
        }
        append(value);
        lineEnd();
        return name.equals("date");
    }

    /** The beginning of a line that each answer has, or null. */
    private static byte @Nullable [] known(String name) {
        return switch (name) {
            case "age" -> AGE;
            case "cache-status" -> CACHE_STATUS;
            case "x-request-id" -> REQUEST_ID;
            case "ratelimit-policy" -> RATE_LIMIT_POLICY;
            case "ratelimit" -> RATE_LIMIT;
            default -> null;
        };
    }

    private void lineEnd() {
        append('\r');
        append('\n');
    }

    private void append(char c) {
        room(1);
        scratch[used++] = (byte) c;
    }

    private void append(String text) {
        append(text.getBytes(StandardCharsets.ISO_8859_1)); // a character above 255 becomes "?", never a line end
    }

    private void append(byte[] bytes) {
        append(bytes, 0, bytes.length);
    }

    private void append(byte[] bytes, int from, int to) {
        int length = to - from;
        room(length);
        System.arraycopy(bytes, from, scratch, used, length);
        used += length;
    }

    private void append(long number) {
        room(20);
        if (number >= 10) {
            append(number / 10);
        }
        scratch[used++] = (byte) ('0' + number % 10);
    }

    private void room(int more) {
        if (used + more > scratch.length) {
            scratch = Arrays.copyOf(scratch, Math.max(scratch.length * 2, used + more));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
