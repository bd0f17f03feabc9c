package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.handler.codec.http.DefaultHttpObject;

/**
 * The head of an HTTP/1.1 request whose header section was known. Where it declares content, all of that comes next, as one
 * part.
 */
final class KnownRequest extends DefaultHttpObject {
    final String method;
    final String target;
    final Fields fields;
    final long contentLength;
    final boolean keepAlive;

    KnownRequest(String method, String target, Fields fields, long contentLength, boolean keepAlive) {
        this.method = method;
        this.target = target;
        this.fields = fields;
        this.contentLength = contentLength;
        this.keepAlive = keepAlive;
    }

    boolean hasContent() {
        return contentLength > 0;
    }
}
