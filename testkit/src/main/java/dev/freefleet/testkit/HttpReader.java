package dev.freefleet.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1.1 messages, requests or answers, as plainly as RFC 9112 says them; for tests only. */
public final class HttpReader {
    private final BufferedInputStream in;

    public HttpReader(InputStream in) {
        this.in = new BufferedInputStream(in, 64 * 1024);
    }

    /** What has not been read yet, as it is. */
    InputStream stream() {
        return in;
    }

    /** A start line and field lines, names and values as they came. */
    public record Head(String startLine, List<String[]> lines) {
        /** The value of the first line of this name, letter case aside, or null. */
        public @Nullable String field(String name) {
            for (String[] line : lines) {
                if (line[0].equalsIgnoreCase(name)) {
                    return line[1];
                }
            }
            return null;
        }

        /** How many lines have this name. */
        public long count(String name) {
            return lines.stream().filter(line -> line[0].equalsIgnoreCase(name)).count();
        }

        /** The status of an answer. */
        public int status() {
            return Integer.parseInt(startLine.split(" ", 3)[1]);
        }
    }

    /** The next head, or null where the connection ended before it. */
    public @Nullable Head head() throws IOException {
        String start = line();
        if (start == null) {
            return null;
        }
        List<String[]> lines = new ArrayList<>();
        for (String line = line(); line != null && !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            lines.add(new String[] {
                line.substring(0, colon), line.substring(colon + 1).strip()
            });
        }
        return new Head(start, lines);
    }

    /** The content that follows this head; {@code noContent}: an answer that never has any. */
    public byte[] content(Head head, boolean request, boolean noContent) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        drain(head, request, noContent, content);
        return content.toByteArray();
    }

    /** Reads the content into {@code to}, and says how long it was. */
    public long drain(Head head, boolean request, boolean noContent, java.io.OutputStream to) throws IOException {
        if (noContent) {
            return 0;
        }
        if ("chunked".equalsIgnoreCase(head.field("transfer-encoding"))) {
            return chunks(to);
        }
        String length = head.field("content-length");
        if (length != null) {
            long size = Long.parseLong(length);
            copy(size, to);
            return size;
        }
        return request ? 0 : in.transferTo(to);
    }

    /** The next bytes as they come, whatever they are; fewer where the connection ends. */
    public byte[] bytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    private long chunks(java.io.OutputStream to) throws IOException {
        long total = 0;
        while (true) {
            String size = line();
            if (size == null) {
                throw new EOFException("in the middle of chunked content");
            }
            long length = Long.parseLong(size, 16);
            copy(length, to);
            total += length;
            String end = line();
            if (end == null || !end.isEmpty()) {
                throw new EOFException("a chunk does not end where it should");
            }
            if (length == 0) {
                return total;
            }
        }
    }

    private void copy(long size, java.io.OutputStream to) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (long left = size; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException(left + " bytes are missing");
            }
            to.write(buffer, 0, read);
            left -= read;
        }
    }

    private @Nullable String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("in the middle of a line");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
