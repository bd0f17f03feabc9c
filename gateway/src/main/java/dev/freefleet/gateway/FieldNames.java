package dev.freefleet.gateway;

import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Field names in lower case, as the edge core wants them. Names that requests usually have are found in a table and
 * cost no allocation; any other is checked to be a token (RFC 9110 section 5.6.2).
 */
final class FieldNames {
    private static final String[] KNOWN = {
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "access-control-allow-origin",
        "access-control-request-headers",
        "access-control-request-method",
        "age",
        "allow",
        "authorization",
        "cache-control",
        "cdn-cache-control",
        "connection",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-range",
        "content-security-policy",
        "content-type",
        "cookie",
        "date",
        "dnt",
        "etag",
        "expect",
        "expires",
        "forwarded",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "keep-alive",
        "last-modified",
        "link",
        "location",
        "origin",
        "pragma",
        "priority",
        "proxy-authorization",
        "proxy-connection",
        "range",
        "referer",
        "retry-after",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "server",
        "set-cookie",
        "strict-transport-security",
        "te",
        "traceparent",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "upgrade-insecure-requests",
        "user-agent",
        "vary",
        "via",
        "warning",
        "www-authenticate",
        "x-api-key",
        "x-content-type-options",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-frame-options",
        "x-real-ip",
        "x-request-id",
        "x-requested-with",
    };
    private static final int MASK = 511;
    private static final @Nullable String[] TABLE = new String[MASK + 1];

    static {
        for (String name : KNOWN) {
            int slot = AsciiString.hashCode(name) & MASK;
            while (TABLE[slot] != null) {
                slot = slot + 1 & MASK;
            }
            TABLE[slot] = name;
        }
    }

    private FieldNames() {}

    /**
     * The name in lower case.
     *
     * @throws Refusal if it is no token
     */
    static String lower(CharSequence name) {
        int slot = AsciiString.hashCode(name) & MASK;
        for (String known = TABLE[slot]; known != null; known = TABLE[slot]) {
            if (AsciiString.contentEqualsIgnoreCase(known, name)) {
                return known;
            }
            slot = slot + 1 & MASK;
        }
        if (name.length() == 0 || HttpHeaderValidationUtil.validateToken(name) >= 0) {
            throw new Refusal(400, "A field name holds characters that field names must not have.");
        }
        return AsciiString.of(name).toLowerCase().toString();
    }

    /**
     * Checks who is asked: a host with or without a port (RFC 9110 section 7.2), which may be nobody.
     *
     * @throws Refusal if it has characters that neither has (RFC 9112 section 3.2)
     */
    static void checkHost(@Nullable String host) {
        if (!isHost(host)) {
            throw new Refusal(400, "The Host field is no host and port.");
        }
    }

    static boolean isHost(@Nullable String host) {
        for (int i = 0; host != null && i < host.length(); i++) {
            char c = host.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "-._~%!$&'()*+,;=:[]".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Checks a value: visible characters, spaces and tabs, or bytes above 127 (RFC 9110 section 5.5). */
    static String checkedValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                throw new Refusal(400, "A field value holds a control character.");
            }
        }
        return value;
    }
}
