package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whatever bytes a connection brings: each whole request that the decoder takes is one to the strict grammar too, with
 * the same method, target, fields and content, and it does not matter in how many pieces the bytes came, nor what the event
 * loop has read before.
 */
public final class RequestFuzz {
    private RequestFuzz() {}

    /** What the fuzzer calls; the first byte says where the rest is cut in two. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        List<StrictGrammar.Request> whole = decode(bytes);
        int cut = bytes.length == 0 ? 0 : (input[0] & 0xff) % bytes.length;
        List<StrictGrammar.Request> pieces =
                decode(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length));
        if (!whole.equals(pieces)) {
            throw new IllegalStateException("in one piece " + whole + ", in two " + pieces);
        }
        KnownSections known = new KnownSections();
        decode(known, Arrays.copyOf(bytes, cut));
        List<StrictGrammar.Request> after = decode(known, bytes);
        List<StrictGrammar.Request> again = decode(known, bytes);
        if (!whole.equals(after) || !whole.equals(again)) {
            throw new IllegalStateException(
                    "at first " + whole + ", after its beginning " + after + ", again " + again);
        }
        List<StrictGrammar.Request> strict = StrictGrammar.read(bytes);
        if (whole.size() > strict.size() || !whole.equals(strict.subList(0, whole.size()))) {
            throw new IllegalStateException("decoded " + whole + ", but the grammar has " + strict);
        }
    }

    /** The whole requests that the gateway would go on with: up to one that the decoder or the connection refuses. */
    static List<StrictGrammar.Request> decode(byte[]... pieces) {
        return decode(new KnownSections(), pieces);
    }

    /** As above, on an event loop that has read these before. */
    static List<StrictGrammar.Request> decode(KnownSections known, byte[]... pieces) {
        EmbeddedChannel channel = new EmbeddedChannel(
                new StrictRequestDecoder(new GatewayConfig.RequestLimits(8 << 10, 16 << 10, 100), known));
        try {
            for (byte[] piece : pieces) {
                channel.writeInbound(Unpooled.copiedBuffer(piece));
            }
            return collect(channel);
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static List<StrictGrammar.Request> collect(EmbeddedChannel channel) {
        List<StrictGrammar.Request> requests = new ArrayList<>();
        StrictGrammar.@Nullable Request head = null;
        StringBuilder content = new StringBuilder();
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            try {
                if (message instanceof HttpRequest request) {
                    head = request.decoderResult().isSuccess() && isGoneOnWith(request) ? head(request) : null;
                    if (head == null) {
                        return requests;
                    }
                    content.setLength(0);
                }
                if (message instanceof KnownRequest request) {
                    head = new StrictGrammar.Request(
                            request.method, request.target, "HTTP/1.1", lines(request.fields), "");
                    content.setLength(0);
                    if (!request.hasContent()) {
                        requests.add(head);
                    }
                }
                if (message instanceof HttpContent part) {
                    if (head == null || part.decoderResult().isFailure()) {
                        return requests;
                    }
                    content.append(part.content().toString(StandardCharsets.ISO_8859_1));
                    if (message instanceof LastHttpContent) {
                        requests.add(new StrictGrammar.Request(
                                head.method(), head.target(), head.version(), head.fields(), content.toString()));
                    }
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
        return requests;
    }

    /** What the connection refuses of a head that the decoder takes, and ends for it. */
    private static boolean isGoneOnWith(HttpRequest head) {
        HeadFields fields = (HeadFields) head.headers();
        String version = head.protocolVersion().text();
        String coding = fields.transferEncoding();
        return (version.equals("HTTP/1.1") || version.equals("HTTP/1.0"))
                && (coding == null || (coding.equalsIgnoreCase("chunked") && version.equals("HTTP/1.1")));
    }

    private static StrictGrammar.Request head(HttpRequest head) {
        Fields fields = ((HeadFields) head.headers()).fields();
        return new StrictGrammar.Request(
                head.method().name(), head.uri(), head.protocolVersion().text(), lines(fields), "");
    }

    private static List<String> lines(Fields fields) {
        List<String> lines = new ArrayList<>();
        fields.forEach((name, value) -> lines.add(name + ":" + value));
        return lines;
    }
}
