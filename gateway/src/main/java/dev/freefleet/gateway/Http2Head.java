package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.RequestHead;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/2 request as the core wants it; most of what makes one malformed (RFC 9113 section 8.2) Netty has
 * refused.
 *
 * @param expectsContinue whether the client waits to be told to send its content
 */
record Http2Head(RequestHead request, boolean expectsContinue) {
    /** RFC 9113 section 8.3.1: whether what every request but CONNECT must have is missing. */
    static boolean isMalformed(Http2Headers head) {
        CharSequence method = head.method();
        return method == null || (!"CONNECT".contentEquals(method) && (head.path() == null || head.scheme() == null));
    }

    /** Whether there are fields that no trailers may have (RFC 9113 section 8.1). */
    static boolean hasPseudoField(Http2Headers headers) {
        for (Map.Entry<CharSequence, CharSequence> line : headers) {
            if (line.getKey().charAt(0) == ':') {
                return true;
            }
        }
        return false;
    }

    /** @throws Refusal if it breaks a rule that has an answer */
    static Http2Head read(Http2Headers headers, boolean ended, Loop loop, byte[] peer, boolean secure) {
        CharSequence method = headers.method();
        CharSequence path = headers.path();
        if (method == null || path == null) {
            throw new Refusal(400, "A request must have a method and a path.");
        }
        Fields.Builder fields = Fields.builder();
        CharSequence authority = headers.authority();
        if (authority != null) {
            fields.add("host", FieldNames.checkedValue(authority.toString()));
        }
        String host = authority == null ? null : authority.toString();
        long declared = -1;
        boolean expects = false;
        String cookie = null;
        for (Map.Entry<CharSequence, CharSequence> line : headers) {
            if (line.getKey().charAt(0) == ':') {
                continue;
            }
            String name = FieldNames.lower(line.getKey());
            String value = FieldNames.checkedValue(line.getValue().toString());
            switch (name) {
                case "host" -> {
                    if (host != null) {
                        requireSame(host, value);
                        continue;
                    }
                    host = value;
                }
                case "cookie" -> {
                    // RFC 9113 section 8.2.3: it may come in pieces, which are one field to who speaks HTTP/1.1.
                    cookie = cookie == null ? value : cookie + "; " + value;
                    continue;
                }
                case "content-length" -> declared = length(value, declared);
                case "expect" -> expects = expects(value);
                default -> {}
            }
            fields.add(name, value);
        }
        if (cookie != null) {
            fields.add("cookie", cookie);
        }
        if (host == null) {
            throw new Refusal(400, "A request must name its authority.");
        }
        FieldNames.checkHost(host);
        long now = loop.millis();
        RequestHead request = new RequestHead(
                loop.ids.next(now),
                now,
                method.toString(),
                path.toString(),
                fields.build(),
                peer,
                secure,
                !ended,
                declared);
        return new Http2Head(request, expects && !ended);
    }

    private static void requireSame(@Nullable String authority, String host) {
        if (!host.equals(authority)) {
            throw new Refusal(400, "The authority and the Host field differ.");
        }
    }

    private static long length(String value, long before) {
        if (before >= 0 || value.isEmpty() || value.length() > 18) {
            throw new Refusal(400, "Content-Length must stand there once, as a number.");
        }
        long length = 0;
        for (int i = 0; i < value.length(); i++) {
            int digit = value.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new Refusal(400, "Content-Length must stand there once, as a number.");
            }
            length = 10 * length + digit;
        }
        return length;
    }

    private static boolean expects(String value) {
        if (!value.equalsIgnoreCase("100-continue")) {
            throw new Refusal(417, "The one expectation that can be met is 100-continue.");
        }
        return true;
    }
}
