package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of one message as Netty's decoder hands them over, checked line by line and kept in the edge core's
 * own form. It implements of {@link HttpHeaders} what the decoder calls and nothing else: Netty's map would be filled
 * only to be copied, and it accepts what this refuses (a repeated Content-Length in HTTP/1.0, for one).
 */
final class HeadFields extends HttpHeaders {
    /** More lines than any client sends; look-ups in {@link Fields} scan them. */
    private static final int MAX_LINES = 128;

    /** As many as each long has room for; readers differ in what they make of more, be they zeros. */
    private static final int MAX_LENGTH_DIGITS = 18;

    /** Made for the first line: content that is over brings trailers which hardly ever have one. */
    private Fields.@Nullable Builder lines;

    private int count;
    private int hosts;
    private @Nullable String contentLength;
    private @Nullable String transferEncoding;
    private @Nullable String connection;
    private @Nullable String expect;
    private @Nullable String upgrade;

    /** Makes one for each message. */
    static HttpHeadersFactory factory() {
        return new HttpHeadersFactory() {
            @Override
            public HttpHeaders newHeaders() {
                return new HeadFields();
            }

            @Override
            public HttpHeaders newEmptyHeaders() {
                return new HeadFields();
            }
        };
    }

    /** All lines, in order. */
    Fields fields() {
        return lines == null ? Fields.empty() : lines.build();
    }

    int hosts() {
        return hosts;
    }

    @Nullable
    String contentLength() {
        return contentLength;
    }

    @Nullable
    String transferEncoding() {
        return transferEncoding;
    }

    @Nullable
    String expect() {
        return expect;
    }

    @Nullable
    String upgrade() {
        return upgrade;
    }

    /** Whether the Connection lines hold this option, such as "close" (RFC 9110 section 7.6.1). */
    boolean connectionHas(String option) {
        return connection != null && FieldLists.has(connection, option);
    }

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        if (++count > MAX_LINES) {
            throw new Refusal(431, "The request has more than " + MAX_LINES + " field lines.");
        }
        String lower = FieldNames.lower(name);
        String text = FieldNames.checkedValue((String) value);
        switch (lower) {
            case "host" -> hosts++;
            case "content-length" -> {
                if (contentLength != null) {
                    throw new Refusal(400, "Content-Length stands there twice.");
                }
                if (text.length() > MAX_LENGTH_DIGITS) {
                    throw new Refusal(400, "Content-Length has more than " + MAX_LENGTH_DIGITS + " digits.");
                }
                contentLength = text;
            }
            case "transfer-encoding" -> {
                if (transferEncoding != null) {
                    throw new Refusal(400, "Transfer-Encoding stands there twice.");
                }
                transferEncoding = text;
            }
            case "connection" -> connection = connection == null ? text : connection + "," + text;
            case "expect" -> expect = text;
            case "upgrade" -> upgrade = text;
            default -> {}
        }
        if (lines == null) {
            lines = Fields.builder();
        }
        lines.add(lower, text);
        return this;
    }

    @Override
    public HttpHeaders add(String name, Object value) {
        return add((CharSequence) name, value);
    }

    private @Nullable String framing(CharSequence name) {
        if (AsciiString.contentEqualsIgnoreCase(name, HttpHeaderNames.CONTENT_LENGTH)) {
            return contentLength;
        }
        if (AsciiString.contentEqualsIgnoreCase(name, HttpHeaderNames.TRANSFER_ENCODING)) {
            return transferEncoding;
        }
        if (AsciiString.contentEqualsIgnoreCase(name, HttpHeaderNames.UPGRADE)) {
            return upgrade;
        }
        return null;
    }

    @Override
    public @Nullable String get(String name) {
        return framing(name);
    }

    @Override
    public @Nullable String get(CharSequence name) {
        return framing(name);
    }

    @Override
    public List<String> getAll(String name) {
        String value = framing(name);
        return value == null ? List.of() : List.of(value);
    }

    @Override
    public List<String> getAll(CharSequence name) {
        String value = framing(name);
        return value == null ? List.of() : List.of(value);
    }

    @Override
    public boolean contains(String name) {
        return framing(name) != null;
    }

    @Override
    public boolean contains(CharSequence name) {
        return framing(name) != null;
    }

    @Override
    public boolean containsValue(CharSequence name, CharSequence value, boolean ignoreCase) {
        String list = framing(name);
        return list != null && FieldLists.has(list, value.toString());
    }

    /** The decoder takes chunked away from answers that have no content; the core drops the line itself. */
    @Override
    public HttpHeaders remove(CharSequence name) {
        if (AsciiString.contentEqualsIgnoreCase(name, HttpHeaderValues.CHUNKED)
                || AsciiString.contentEqualsIgnoreCase(name, HttpHeaderNames.TRANSFER_ENCODING)) {
            transferEncoding = null;
            return this;
        }
        throw unsupported();
    }

    @Override
    public HttpHeaders remove(String name) {
        return remove((CharSequence) name);
    }

    @Override
    public boolean isEmpty() {
        return count == 0;
    }

    @Override
    public int size() {
        return count;
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("only what the decoder calls is here");
    }

    @Override
    public Integer getInt(CharSequence name) {
        throw unsupported();
    }

    @Override
    public int getInt(CharSequence name, int defaultValue) {
        throw unsupported();
    }

    @Override
    public Short getShort(CharSequence name) {
        throw unsupported();
    }

    @Override
    public short getShort(CharSequence name, short defaultValue) {
        throw unsupported();
    }

    @Override
    public Long getTimeMillis(CharSequence name) {
        throw unsupported();
    }

    @Override
    public long getTimeMillis(CharSequence name, long defaultValue) {
        throw unsupported();
    }

    @Override
    public List<Map.Entry<String, String>> entries() {
        throw unsupported();
    }

    @Override
    @SuppressWarnings("deprecation") // declared so by the superclass
    public Iterator<Map.Entry<String, String>> iterator() {
        throw unsupported();
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
        throw unsupported();
    }

    @Override
    public Set<String> names() {
        throw unsupported();
    }

    @Override
    public HttpHeaders add(String name, Iterable<?> values) {
        throw unsupported();
    }

    @Override
    public HttpHeaders addInt(CharSequence name, int value) {
        throw unsupported();
    }

    @Override
    public HttpHeaders addShort(CharSequence name, short value) {
        throw unsupported();
    }

    @Override
    public HttpHeaders set(String name, Object value) {
        throw unsupported();
    }

    @Override
    public HttpHeaders set(String name, Iterable<?> values) {
        throw unsupported();
    }

    @Override
    public HttpHeaders setInt(CharSequence name, int value) {
        throw unsupported();
    }

    @Override
    public HttpHeaders setShort(CharSequence name, short value) {
        throw unsupported();
    }

    @Override
    public HttpHeaders clear() {
        throw unsupported();
    }
}
