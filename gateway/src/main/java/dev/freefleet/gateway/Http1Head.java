package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.RequestHead;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/**
 * The head of an HTTP/1.1 request, checked (RFC 9112), and what it says of its connection.
 *
 * @param http10 whether the client speaks HTTP/1.0, which has neither chunks nor interim answers nor upgrades
 * @param keepAlive whether the client wants the connection to stay
 * @param expectsContinue whether the client waits to be told to send its content
 */
record Http1Head(RequestHead request, boolean http10, boolean keepAlive, boolean expectsContinue) {
    /** Of a head that was checked before. */
    static Http1Head of(KnownRequest known, Loop loop, byte[] peer, boolean secure) {
        long now = loop.millis();
        RequestHead head = new RequestHead(
                loop.ids.next(now),
                now,
                known.method,
                known.target,
                known.fields,
                peer,
                secure,
                known.hasContent(),
                known.contentLength,
                true);
        return new Http1Head(head, false, known.keepAlive, false);
    }

    /** @throws Refusal if two servers could read it in two ways, or it asks for what is not there */
    static Http1Head read(HttpRequest request, Loop loop, byte[] peer, boolean secure) {
        Refusals.throwIfBroken(request.decoderResult());
        HeadFields fields = (HeadFields) request.headers();
        boolean http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (!http10 && !request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            throw new Refusal(505, "This server speaks HTTP/1.1, HTTP/1.0 and HTTP/2.");
        }
        if (fields.hosts() > 1 || (fields.hosts() == 0 && !http10)) {
            throw new Refusal(400, "A request must have one Host field.");
        }
        Fields lines = fields.fields();
        FieldNames.checkHost(lines.first("host"));
        String coding = fields.transferEncoding();
        if (coding != null && !coding.equalsIgnoreCase("chunked")) {
            throw new Refusal(400, "The one Transfer-Encoding that is understood is chunked.");
        }
        String length = fields.contentLength();
        long declared = coding != null || length == null ? -1 : Long.parseLong(length);
        boolean hasContent = coding != null || declared > 0;
        String expect = fields.expect();
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            throw new Refusal(417, "The one expectation that can be met is 100-continue.");
        }
        long now = loop.millis();
        RequestHead head = new RequestHead(
                loop.ids.next(now),
                now,
                request.method().name(),
                request.uri(),
                lines,
                peer,
                secure,
                hasContent,
                declared,
                !http10); // RFC 9110 section 7.8: HTTP/1.0 cannot be upgraded
        return new Http1Head(
                head,
                http10,
                http10 ? fields.connectionHas("keep-alive") : !fields.connectionHas("close"),
                expect != null && hasContent && !http10);
    }
}
