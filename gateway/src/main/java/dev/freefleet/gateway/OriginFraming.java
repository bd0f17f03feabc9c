package dev.freefleet.gateway;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How an answer's content ends (RFC 9112 section 6.3), and whether its connection may have another request after it.
 *
 * @param length what Content-Length says, -1 where nothing or something else counts
 * @param delimited whether the message itself tells where it ends; else the connection's end does
 */
record OriginFraming(long length, boolean delimited, boolean persistent) {
    /** Codings that mean something: where one stands anywhere but in its place, two readers may see two messages. */
    private static final Set<String> KNOWN =
            Set.of("chunk", "gzip", "deflate", "compress", "identity", "brotli", "zstd");

    /**
     * What this final answer's head says, or null where it is not to be trusted.
     *
     * @param head whether it answers a HEAD
     * @param unknownCodings whether a transfer coding that nobody knows is borne with
     */
    static @Nullable OriginFraming of(
            int status, boolean http11, HeadFields fields, boolean head, boolean unknownCodings) {
        String coding = fields.transferEncoding();
        String length = fields.contentLength();
        boolean chunked = coding != null && coding.equalsIgnoreCase("chunked");
        if (coding != null && !chunked) {
            // Section 6.1: with a length beside it, or from a server that cannot mean it, it may be an attack.
            boolean borne = unknownCodings && http11 && length == null && isUnknown(coding);
            return borne ? new OriginFraming(-1, head || isEmpty(status), false) : null;
        }
        boolean delimited = head || isEmpty(status) || chunked || length != null;
        // What follows a 204 that declares content may be that content, and must not meet the next request.
        boolean contradicts = status == 204 && length != null && Long.parseLong(length) > 0;
        boolean stays = http11 ? !fields.connectionHas("close") : fields.connectionHas("keep-alive");
        return new OriginFraming(
                length == null || chunked ? -1 : Long.parseLong(length), delimited, delimited && stays && !contradicts);
    }

    private static boolean isEmpty(int status) {
        return status == 204 || status == 304;
    }

    /** Whether this is one plain token that looks like no coding that somebody knows. */
    private static boolean isUnknown(String coding) {
        String lower = coding.toLowerCase(Locale.ROOT);
        return !lower.isEmpty()
                && lower.chars().allMatch(c -> "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".indexOf(c) >= 0)
                && KNOWN.stream().noneMatch(lower::contains)
                && !lower.equals("br");
    }
}
