package dev.freefleet.worker;

import dev.freefleet.edge.Address;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.RequestHead;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.Request;

/**
 * A request of the Workers runtime as the edge core takes it. The platform has read the message and its target; what it
 * has joined to one line stays joined.
 */
final class RequestReader {
    /** Stands for a client of whom Cloudflare does not say who it is: all such share their limits. */
    private static final byte[] NOBODY = new byte[4];

    private RequestReader() {}

    static RequestHead read(Request request, String id, long nowMillis) {
        String url = request.getUrl();
        int authority = url.indexOf("//") + 2;
        int path = url.indexOf('/', authority);
        Fields fields = Fields.of(Headers.lines(request.getHeaders()));
        String upgrade = fields.first("upgrade");
        if (upgrade != null && !fields.has("connection")) {
            fields = fields.toBuilder().add("connection", "Upgrade").build(); // the platform may keep it to itself
        }
        String declared = fields.first("content-length");
        long length = declared == null ? -1 : digits(declared);
        return new RequestHead(
                id,
                nowMillis,
                request.getMethod(),
                path < 0 ? "/" : url.substring(path),
                fields,
                peer(fields),
                url.startsWith("https:"),
                length > 0 || (length < 0 && request.getBody() != null),
                length,
                upgrade != null);
    }

    private static byte[] peer(Fields fields) {
        String client = fields.first("cf-connecting-ip"); // set by Cloudflare, whatever the client sends
        byte[] address = client == null ? null : Address.parse(client);
        return address == null ? NOBODY : address;
    }

    private static long digits(String text) {
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || i > 15) {
                return -1;
            }
            value = value * 10 + c - '0';
        }
        return text.isEmpty() ? -1 : value;
    }
}
