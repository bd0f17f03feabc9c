package dev.freefleet.edge;

import java.util.Objects;

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
        long contentLength) {
    public RequestHead {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(fields, "fields");
        if (peer.length != 4 && peer.length != 16) {
            throw new IllegalArgumentException("peer must be 4 or 16 bytes, but is " + peer.length);
        }
    }
}
