package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Header sections (RFC 9112 section 5) that were read lately, by their bytes: a client sends the same lines with every
 * request, and what they say need not be read anew. Only what {@link StrictRequestDecoder} and {@link Http1Head} have taken
 * is kept, and only the very same bytes, after a request line in its usual form, are taken for it. Anything else is for the
 * decoder. Of fixed size; one belongs to one event loop.
 */
final class KnownSections {
    private static final int MAX_LINE = 1024;
    private static final int MAX_SECTION = 1024;
    private static final int MAX_CONTENT = 64 * 1024;
    private static final int PLACES = 256;
    private static final byte[] LINE_END = " HTTP/1.1\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final String[] METHODS = {"GET", "POST", "QUERY", "HEAD"};
    private static final byte[][] METHOD_BYTES = Arrays.stream(METHODS)
            .map(method -> (method + ' ').getBytes(StandardCharsets.ISO_8859_1))
            .toArray(byte[][]::new);

    /** What each connection sent last; connections that share a place take turns. */
    private final @Nullable Section[] last = new Section[PLACES];

    private final @Nullable Section[] byHash = new Section[PLACES];
    private final byte[] scratch = new byte[MAX_LINE + MAX_SECTION];
    private int connections;

    /**
     * A header section.
     *
     * @param bytes from behind the request line to the empty line, which is part of it
     * @param contentLength what it declares, or -1
     * @param keepAlive whether the client wants the connection to stay
     */
    private record Section(byte[] bytes, Fields fields, long contentLength, boolean keepAlive) {}

    /** A number for a new connection, by which it is known here. */
    int connect() {
        return connections++ & PLACES - 1;
    }

    /**
     * Reads a head off the buffer where it is a usual one with a known section and all of its content is there; otherwise
     * returns null and leaves the buffer as it is.
     *
     * @param maxLine the longest request line that may be read
     */
    @Nullable
    KnownRequest read(ByteBuf in, int connection, int maxLine) {
        int size = Math.min(in.readableBytes(), scratch.length);
        in.getBytes(in.readerIndex(), scratch, 0, size);
        int method = method(size);
        if (method < 0) {
            return null;
        }
        int target = METHOD_BYTES[method].length;
        int targetEnd = target;
        while (targetEnd < size && scratch[targetEnd] > ' ' && scratch[targetEnd] != 0x7f) {
            targetEnd++;
        }
        int start = targetEnd + LINE_END.length;
        if (targetEnd == target || start > Math.min(maxLine, MAX_LINE) || !is(LINE_END, targetEnd, size)) {
            return null;
        }
        Section section = last[connection];
        if (section == null || !is(section.bytes, start, size)) {
            section = find(start, size);
            if (section == null) {
                return null;
            }
            last[connection] = section;
        }
        int length = start + section.bytes.length;
        if (section.contentLength > in.readableBytes() - length) {
            return null;
        }
        in.skipBytes(length);
        return new KnownRequest(
                METHODS[method],
                new String(scratch, target, targetEnd - target, StandardCharsets.ISO_8859_1),
                section.fields,
                section.contentLength,
                section.keepAlive);
    }

    /** Keeps the section of the head that stands in the buffer from {@code start} to {@code end}, if it is a usual one. */
    void keep(ByteBuf in, int start, int end, HeadFields fields, int connection) {
        int lineFeed = in.indexOf(start, end, (byte) '\n');
        int length = end - lineFeed - 1;
        boolean usual = lineFeed >= 0
                && length <= MAX_SECTION
                && fields.hosts() == 1
                && fields.transferEncoding() == null
                && fields.expect() == null
                && fields.upgrade() == null;
        long declared = usual ? declared(fields.contentLength()) : MAX_CONTENT + 1;
        if (declared > MAX_CONTENT) {
            return;
        }
        byte[] bytes = new byte[length];
        in.getBytes(lineFeed + 1, bytes);
        Fields lines = fields.fields();
        if (!endsOnce(bytes) || !FieldNames.isHost(lines.first("host"))) {
            return;
        }
        int place = place(bytes, 0, length);
        Section known = byHash[place];
        if (known == null || !Arrays.equals(known.bytes, bytes)) {
            known = new Section(bytes, lines, declared, !fields.connectionHas("close"));
            byHash[place] = known;
        }
        last[connection] = known;
    }

    /** A length in its plainest form, -1 for none, or more than is kept. */
    private static long declared(@Nullable String text) {
        if (text == null) {
            return -1;
        }
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || length > MAX_CONTENT) {
                return MAX_CONTENT + 1;
            }
            length = length * 10 + c - '0';
        }
        return length;
    }

    /** Whether all lines end as they should, and the empty line is at the end and nowhere else. */
    private static boolean endsOnce(byte[] bytes) {
        int lineStart = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                if (i == lineStart || bytes[i - 1] != '\r') {
                    return false;
                }
                if (i == lineStart + 1) {
                    return i == bytes.length - 1;
                }
                lineStart = i + 1;
            }
        }
        return false;
    }

    private @Nullable Section find(int start, int size) {
        for (int i = start + 3; i < size; i++) {
            if (scratch[i] == '\n' && scratch[i - 1] == '\r' && scratch[i - 2] == '\n' && scratch[i - 3] == '\r') {
                Section section = byHash[place(scratch, start, i + 1)];
                return section != null && is(section.bytes, start, size) ? section : null;
            }
        }
        return null;
    }

    private int method(int size) {
        for (int i = 0; i < METHODS.length; i++) {
            if (is(METHOD_BYTES[i], 0, size)) {
                return i;
            }
        }
        return -1;
    }

    private boolean is(byte[] wanted, int at, int size) {
        int end = at + wanted.length;
        return end <= size && Arrays.equals(scratch, at, end, wanted, 0, wanted.length);
    }

    private static int place(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return ((hash * 0x9E37_79B9) >>> 16) & PLACES - 1;
    }
}
