package dev.freefleet.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request to the origin. The origin's address is the shell's configuration and never comes from a client.
 *
 * @param method as the client sent it
 * @param target canonical path and query, beginning with "/"
 * @param fields end-to-end field lines that go to the origin, without framing and host, which the shell sets; with
 *     {@code webSocket} also the Connection and Upgrade that ask for it
 * @param content the whole content where the core has read it, or null
 * @param streamContent whether the client's content, not yet read, is to be streamed to the origin
 * @param maxBytes how much content may be streamed; past that the client is answered 413
 * @param timeoutMillis how long the origin may take until its answer's head is there
 * @param priority of the key that asks, -10 to 10, where requests wait for their turn at the origin
 * @param readsUnknownCodings whether an answer in a transfer coding that nobody knows is read to the connection's end
 *     (RFC 9112 section 6.3) and passed on as it is, where it is no answer otherwise
 * @param webSocket whether the origin is asked to switch to WebSocket (RFC 6455): a right 101 is an answer then
 */
public record OriginRequest(
        String method,
        String target,
        Fields fields,
        byte @Nullable [] content,
        boolean streamContent,
        int maxBytes,
        long timeoutMillis,
        int priority,
        boolean readsUnknownCodings,
        boolean webSocket) {
    public OriginRequest {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(fields, "fields");
        RateLimit.requireRange(priority, -10, 10, "priority");
    }

    /** Of the usual priority, for an answer in a known coding. */
    public OriginRequest(
            String method,
            String target,
            Fields fields,
            byte @Nullable [] content,
            boolean streamContent,
            int maxBytes,
            long timeoutMillis) {
        this(method, target, fields, content, streamContent, maxBytes, timeoutMillis, 0, false, false);
    }

    /** The same with this much time. */
    public OriginRequest withTimeout(long millis) {
        return new OriginRequest(
                method,
                target,
                fields,
                content,
                streamContent,
                maxBytes,
                millis,
                priority,
                readsUnknownCodings,
                webSocket);
    }

    /**
     * The field lines without those of a field that the shell alone may write.
     *
     * @param header its name in lower case; lines that an application which is given fields as variables takes for it go too
     */
    public Fields fieldsWithout(String header) {
        String forbidden = HopByHop.asVariable(header);
        for (int i = 0; i < fields.size(); i++) {
            if (HopByHop.asVariable(fields.name(i)).equals(forbidden)) {
                return without(forbidden);
            }
        }
        return fields;
    }

    private Fields without(String forbidden) {
        Fields.Builder others = Fields.builder();
        fields.forEach((name, value) -> {
            if (!HopByHop.asVariable(name).equals(forbidden)) {
                others.add(name, value);
            }
        });
        return others.build();
    }
}
