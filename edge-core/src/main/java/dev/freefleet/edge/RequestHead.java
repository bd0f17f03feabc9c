package dev.freefleet.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The head of one request, as the shell read it from the wire. The shell has checked the message's framing; everything
 * else (target, path, fields that matter) the core checks.
 *
 * @param id the request's id, a UUIDv7 in its text form, made by the shell
 * @param timeMillis when the head was complete, epoch milliseconds
 * @param method as sent
 * @param target the request target as sent (origin form or absolute form)
 * @param fields the field lines, hop-by-hop ones too; over HTTP/2 {@code host} stands for {@code :authority}
 * @param peer the address of the connection's other end, 4 or 16 bytes
 * @param secure whether the connection is TLS
 * @param hasContent whether content follows: a length above 0, chunked, or an HTTP/2 stream that is not ended
 * @param contentLength the declared length of the content, or -1 where none was declared
 * @param switchable whether the connection can leave HTTP for another protocol (RFC 9110 section 7.8): HTTP/1.1 can
 */
public record RequestHead(
        String id,
        long timeMillis,
        String method,
        String target,
        Fields fields,
        byte[] peer,
        boolean secure,
        boolean hasContent,
        long contentLength,
        boolean switchable) {
    public RequestHead {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(fields, "fields");
        if (peer.length != 4 && peer.length != 16) {
            throw new IllegalArgumentException("peer must be 4 or 16 bytes, but is " + peer.length);
        }
    }

    /** A request on a connection that stays with HTTP. */
    public RequestHead(
            String id,
            long timeMillis,
            String method,
            String target,
            Fields fields,
            byte[] peer,
            boolean secure,
            boolean hasContent,
            long contentLength) {
        this(id, timeMillis, method, target, fields, peer, secure, hasContent, contentLength, false);
    }

    /** The same with other fields. */
    public RequestHead with(Fields others) {
        return new RequestHead(
                id, timeMillis, method, target, others, peer, secure, hasContent, contentLength, switchable);
    }

    /**
     * The same as an edge before this one received it, or null where the text is no address.
     *
     * @param address the other end of that edge's connection
     * @param overTls whether that connection was TLS
     */
    public @Nullable RequestHead receivedFrom(String address, boolean overTls) {
        byte[] from = Address.parse(address);
        return from == null
                ? null
                : new RequestHead(
                        id, timeMillis, method, target, fields, from, overTls, hasContent, contentLength, switchable);
    }
}
