package dev.freefleet.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's request decoder, and what it lets pass that a gateway must not: folded lines (RFC 9112 section 5.2) and a
 * request line whose parts are separated by anything but one space (section 3). With {@link HeadFields} it refuses
 * whatever two servers could read in two ways; a refused message ends the connection. What {@link KnownSections} has of
 * earlier requests is not read a second time.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    private boolean lineSeen;
    private boolean inContent;
    private boolean refused;
    private boolean begun;
    private int expected;

    private final KnownSections known;
    private final int connection;
    private final int maxLine;

    /** @param known what the event loop of this connection has read lately */
    StrictRequestDecoder(GatewayConfig.RequestLimits limits, KnownSections known) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.maxLineBytes())
                .setMaxHeaderSize(limits.maxHeadBytes())
                .setMaxChunkSize(64 * 1024)
                .setHeadersFactory(HeadFields.factory())
                .setTrailersFactory(HeadFields.factory()));
        this.known = known;
        this.connection = known.connect();
        this.maxLine = limits.maxLineBytes();
    }

    /** Whether a head has begun and is not complete. */
    boolean inHead() {
        return begun && !inContent && !refused;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (refused) {
            in.skipBytes(in.readableBytes());
            return;
        }
        boolean whole = !inContent && !begun;
        if (whole) {
            KnownRequest request = known.read(in, connection, maxLine);
            if (request != null) {
                out.add(request);
                if (request.hasContent()) {
                    ByteBuf content = in.readRetainedSlice((int) request.contentLength);
                    out.add(new DefaultLastHttpContent(content, HeadFields.factory()));
                }
                return;
            }
        }
        if (!inContent) {
            begun |= in.isReadable();
            if (!lineSeen) {
                skipEmptyLines(in);
                if (isHalfAnEmptyLine(in)) {
                    return;
                }
                if (in.isReadable() && isNoise(in.getByte(in.readerIndex()))) {
                    refuse(in, out, "Something stands before the request line.");
                    return;
                }
            }
            if (hasFoldedLine(in)) {
                refuse(in, out, "A field line is folded.");
                return;
            }
        }
        int start = in.readerIndex();
        int before = out.size();
        super.decode(ctx, in, out);
        for (int i = before; i < out.size(); i++) {
            switch (out.get(i)) {
                case LastHttpContent last -> {
                    inContent = false;
                    lineSeen = false;
                    begun = false;
                    refused |= last.decoderResult().isFailure();
                }
                case HttpRequest head -> {
                    inContent = true;
                    if (head.decoderResult().isFailure()) {
                        refused = true;
                    } else if (whole && head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
                        known.keep(in, start, in.readerIndex(), (HeadFields) head.headers(), connection);
                    }
                }
                default -> {}
            }
        }
    }

    private void refuse(ByteBuf in, List<Object> out, String why) {
        refused = true;
        in.skipBytes(in.readableBytes());
        HttpRequest bad = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", HeadFields.factory());
        bad.setDecoderResult(DecoderResult.failure(new Refusal(400, why)));
        out.add(bad);
    }

    /** Empty lines may stand before a request line (RFC 9112 section 2.2). */
    private static void skipEmptyLines(ByteBuf in) {
        while (in.readableBytes() > 1
                && in.getByte(in.readerIndex()) == '\r'
                && in.getByte(in.readerIndex() + 1) == '\n') {
            in.skipBytes(2);
        }
    }

    private static boolean isHalfAnEmptyLine(ByteBuf in) {
        return in.readableBytes() == 1 && in.getByte(in.readerIndex()) == '\r';
    }

    /** What Netty would pass over before a request line too: a bare CR or LF, white space, control characters. */
    private static boolean isNoise(byte first) {
        return (first >= 0 && first <= ' ') || first == 0x7f;
    }

    /** The buffer begins at the start of a line, since Netty consumes whole lines. */
    private boolean hasFoldedLine(ByteBuf in) {
        int at = in.readerIndex();
        int end = in.writerIndex();
        if (lineSeen) {
            if (at < end && isFold(in.getByte(at))) {
                return true;
            }
            if (at < end && (in.getByte(at) == '\r' || in.getByte(at) == '\n')) {
                return false; // the head ends here, and lines of content may begin as they like
            }
        } else {
            while (at < end && (in.getByte(at) == '\r' || in.getByte(at) == '\n')) {
                at++;
            }
        }
        while (at < end) {
            int lineFeed = in.indexOf(at, end, (byte) '\n');
            if (lineFeed < 0 || lineFeed + 1 == end) {
                return false;
            }
            byte next = in.getByte(lineFeed + 1);
            if (isFold(next)) {
                return true;
            }
            if (next == '\r' || next == '\n') {
                return false;
            }
            at = lineFeed + 1;
        }
        return false;
    }

    private static boolean isFold(byte first) {
        return first == ' ' || first == '\t';
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        expected = 0;
        return super.splitFirstWordInitialLine(line, separated(line, start, length), length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        return super.splitSecondWordInitialLine(line, separated(line, start, length), length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        lineSeen = true;
        String version = super.splitThirdWordInitialLine(line, start, length);
        if (start != expected
                || !version.startsWith("HTTP/")) { // Netty takes lower case, RFC 9112 section 2.3 does not
            throw badLine();
        }
        return version;
    }

    private int separated(byte[] line, int start, int length) {
        if (start != expected || start + length >= line.length || line[start + length] != ' ') {
            throw badLine();
        }
        expected = start + length + 1;
        return start;
    }

    private static Refusal badLine() {
        return new Refusal(400, "The request line must be a method, a target and a version with one space between.");
    }
}
