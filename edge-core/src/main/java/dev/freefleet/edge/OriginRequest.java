package dev.freefleet.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request to the origin. The origin's address is the shell's configuration and never comes from a client.
 *
 * @param method as the client sent it
 * @param target canonical path and query, beginning with "/"
 * @param fields end-to-end field lines that go to the origin, without framing and host, which the shell sets
 * @param content the whole content where the core has read it, or null
 * @param streamContent whether the client's content, not yet read, is to be streamed to the origin
 * @param maxBytes how much content may be streamed; past that the client is answered 413
 * @param timeoutMillis how long the origin may take until its answer's head is there
 */
public record OriginRequest(
        String method,
        String target,
        Fields fields,
        byte @Nullable [] content,
        boolean streamContent,
        int maxBytes,
        long timeoutMillis) {
    public OriginRequest {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(fields, "fields");
    }
}
