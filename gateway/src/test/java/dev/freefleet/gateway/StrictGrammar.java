package dev.freefleet.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of requests (RFC 9112) read by hand from a whole buffer, with nothing that a recipient MAY be lenient about:
 * what the real decoder is compared with. It shares no code with it.
 */
final class StrictGrammar {
    private static final String TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private final byte[] bytes;
    private int at;

    private StrictGrammar(byte[] bytes) {
        this.bytes = bytes;
    }

    /** One whole request. */
    record Request(String method, String target, String version, List<String> fields, String content) {}

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super("refused or not whole", null, false, false);
        }
    }

    /** The requests up to the first that is refused or not whole. */
    static List<Request> read(byte[] bytes) {
        StrictGrammar grammar = new StrictGrammar(bytes);
        List<Request> requests = new ArrayList<>();
        try {
            while (grammar.at < bytes.length) {
                requests.add(grammar.request());
            }
        } catch (Refused end) {
            // what is before it counts
        }
        return requests;
    }

    private Request request() {
        // A recipient SHOULD ignore at least one empty line before a request (section 2.2).
        while (at + 1 < bytes.length && bytes[at] == '\r' && bytes[at + 1] == '\n') {
            at += 2;
        }
        String[] parts = line().split(" ", -1);
        require(parts.length == 3 && isToken(parts[0]) && !parts[1].isEmpty());
        // What a target may hold is for the edge core to say, and fuzzed there.
        require(parts[2].equals("HTTP/1.1") || parts[2].equals("HTTP/1.0"));
        List<String> fields = new ArrayList<>();
        @Nullable String length = null;
        @Nullable String coding = null;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String field = field(line);
            fields.add(field);
            String value = field.substring(field.indexOf(':') + 1);
            if (field.startsWith("content-length:")) {
                require(length == null && isNumber(value));
                length = value;
            } else if (field.startsWith("transfer-encoding:")) {
                require(coding == null && value.toLowerCase(Locale.ROOT).equals("chunked"));
                coding = value;
            }
        }
        require(length == null || coding == null);
        require(coding == null || parts[2].equals("HTTP/1.1"));
        String content = coding != null ? chunks() : take(length == null ? 0 : Long.parseLong(length));
        return new Request(parts[0], parts[1], parts[2], fields, content);
    }

    /** {@code name:value}, the name in lower case, the value without the white space around it. */
    private static String field(String line) {
        int colon = line.indexOf(':');
        require(colon > 0 && isToken(line.substring(0, colon)));
        String value = line.substring(colon + 1);
        require(value.chars().allMatch(c -> (c >= ' ' && c != 0x7f) || c == '\t'));
        int begin = 0;
        int end = value.length();
        while (begin < end && isBlank(value.charAt(begin))) {
            begin++;
        }
        while (end > begin && isBlank(value.charAt(end - 1))) {
            end--;
        }
        return line.substring(0, colon).toLowerCase(Locale.ROOT) + ":" + value.substring(begin, end);
    }

    /** Section 7.1; extensions and trailers are passed over. */
    private String chunks() {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (true) {
            String line = line();
            int digits = 0;
            while (digits < line.length()
                    && Character.digit(line.charAt(digits), 16) >= 0
                    && line.charAt(digits) < 128) {
                digits++;
            }
            require(digits > 0);
            String rest = line.substring(digits);
            require(rest.isEmpty() || rest.stripLeading().startsWith(";"));
            // However many zeros stand before it (1*HEXDIG); the gateway frames its content anew, so that nobody else
            // reads them.
            String size = line.substring(0, digits).replaceFirst("^0+(?=.)", "");
            require(size.length() <= 16);
            long length = Long.parseUnsignedLong(size, 16);
            require(length >= 0);
            if (length == 0) {
                passOverTrailers();
                return content.toString(StandardCharsets.ISO_8859_1);
            }
            content.writeBytes(take(length).getBytes(StandardCharsets.ISO_8859_1));
            require(line().isEmpty());
        }
    }

    /** Up to the first empty line: the gateway passes no trailer on, so that what they hold means nothing to anybody. */
    private void passOverTrailers() {
        int begin = at;
        for (int i = at; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                boolean empty = i - begin == 1 && bytes[begin] == '\r';
                begin = i + 1;
                if (empty) {
                    at = begin;
                    return;
                }
            }
        }
        throw new Refused();
    }

    /** Up to CR LF; a CR or LF alone is refused. */
    private String line() {
        for (int i = at; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                throw new Refused();
            }
            if (bytes[i] == '\r') {
                require(i + 1 < bytes.length && bytes[i + 1] == '\n');
                String line = new String(bytes, at, i - at, StandardCharsets.ISO_8859_1);
                at = i + 2;
                return line;
            }
        }
        throw new Refused();
    }

    private String take(long length) {
        require(length <= bytes.length - at);
        String taken = new String(bytes, at, (int) length, StandardCharsets.ISO_8859_1);
        at += (int) length;
        return taken;
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> TOKEN.indexOf(c) >= 0);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static void require(boolean right) {
        if (!right) {
            throw new Refused();
        }
    }
}
