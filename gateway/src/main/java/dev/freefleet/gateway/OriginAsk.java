package dev.freefleet.gateway;

import dev.freefleet.edge.OriginRequest;

/**
 * A request to the origin, and how it may be sent.
 *
 * @param streaming whether content will be uploaded
 * @param contentLength of content that will be uploaded, {@link HeadWriter#UNKNOWN} where it is not known
 * @param idempotent whether it does no harm that the origin gets the request twice (RFC 9110 section 9.2.2)
 */
record OriginAsk(OriginRequest request, boolean streaming, long contentLength, boolean idempotent) {
    /** One without content to upload, that may be sent twice. */
    static OriginAsk of(OriginRequest request) {
        return new OriginAsk(request, false, 0, true);
    }

    OriginAsk withTimeout(long millis) {
        return new OriginAsk(request.withTimeout(millis), streaming, contentLength, idempotent);
    }
}
