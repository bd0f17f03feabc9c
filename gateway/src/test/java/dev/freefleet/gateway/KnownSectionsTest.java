package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KnownSectionsTest {
    private static final String SECTION = "Host: h\r\nX-API-Key: k\r\n\r\n";

    private final KnownSections known = new KnownSections();
    private final int connection = known.connect();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private List<StrictGrammar.Request> decoded(String text) {
        return RequestFuzz.decode(known, bytes(text));
    }

    /** What is read off a buffer, whose rest is then to be {@code rest}. */
    private @Nullable KnownRequest read(String text, String rest) {
        ByteBuf in = Unpooled.copiedBuffer(bytes(text));
        KnownRequest request = known.read(in, connection, 8 << 10);
        assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo(rest);
        return request;
    }

    private KnownRequest taken(String text, String rest) {
        KnownRequest request = read(text, rest);
        if (request == null) {
            throw new AssertionError("not known: " + text);
        }
        return request;
    }

    private void assertLeft(String text) {
        assertThat(read(text, text)).isNull();
    }

    @Test
    void theSameLinesAreReadOnceWhateverIsAskedFor() {
        assertLeft("GET /a HTTP/1.1\r\n" + SECTION);
        decoded("GET /a HTTP/1.1\r\n" + SECTION);
        KnownRequest first = taken("GET /b?c=%20 HTTP/1.1\r\n" + SECTION + "GET", "GET");
        assertThat(first.method).isEqualTo("GET");
        assertThat(first.target).isEqualTo("/b?c=%20");
        assertThat(first.fields).isEqualTo(Fields.of("host", "h", "x-api-key", "k"));
        assertThat(first.keepAlive).isTrue();
        assertThat(first.hasContent()).isFalse();
        assertThat(taken("HEAD /c HTTP/1.1\r\n" + SECTION, "").fields).isSameAs(first.fields);
    }

    @Test
    void contentIsLeftToBeTakenOnceItIsThereWhole() {
        String section = "Host: h\r\nContent-Length: 4\r\nConnection: close\r\n\r\n";
        decoded("POST /a HTTP/1.1\r\n" + section + "abcd");
        assertLeft("POST /a HTTP/1.1\r\n" + section + "abc");
        KnownRequest request = taken("POST /a HTTP/1.1\r\n" + section + "efgh", "efgh");
        assertThat(request.contentLength).isEqualTo(4);
        assertThat(request.keepAlive).isFalse();
    }

    @Test
    void whatIsNotTheVerySameIsLeftToTheDecoder() {
        decoded("GET /a HTTP/1.1\r\n" + SECTION);
        for (String line : List.of(
                "GET /a HTTP/1.0\r\n",
                "GET  /a HTTP/1.1\r\n",
                "GET /a  HTTP/1.1\r\n",
                "GET /a\u00e9 HTTP/1.1\r\n",
                "GET /a\u007f HTTP/1.1\r\n",
                "GET /a\tb HTTP/1.1\r\n",
                "GET  HTTP/1.1\r\n",
                "get /a HTTP/1.1\r\n",
                "PUT /a HTTP/1.1\r\n",
                "GET /a HTTP/1.1\n",
                "\r\nGET /a HTTP/1.1\r\n",
                "GET /" + "a".repeat(2_000) + " HTTP/1.1\r\n")) {
            assertLeft(line + SECTION);
        }
        assertLeft("GET /a HTTP/1.1\r\nHost: h\r\nX-API-Key: K\r\n\r\n");
        assertLeft("GET /a HTTP/1.1\r\n" + SECTION.substring(0, SECTION.length() - 1));
        ByteBuf in = Unpooled.copiedBuffer(bytes("GET /abcdefgh HTTP/1.1\r\n" + SECTION));
        assertThat(known.read(in, connection, 10)).as("a line beyond the limit").isNull();
    }

    @Test
    void whatSaysHowTheMessageGoesOnIsReadEachTime() {
        for (String line : List.of("Transfer-Encoding: chunked", "Expect: 100-continue", "Upgrade: x", "Host: i")) {
            String head = "POST /a HTTP/1.1\r\nHost: h\r\n" + line + "\r\n\r\n";
            decoded(head + "0\r\n\r\n");
            assertLeft(head + "0\r\n\r\n");
        }
    }

    /** A request behind an empty line must not teach that a request line may stand among the fields. */
    @Test
    void anEmptyLineBeforeARequestIsNoPartOfIt() {
        decoded("\r\nGET /a HTTP/1.1\r\n" + SECTION);
        assertLeft("GET /b HTTP/1.1\r\nGET /a HTTP/1.1\r\n" + SECTION);
        assertThat(taken("GET /b HTTP/1.1\r\n" + SECTION, "").target).isEqualTo("/b");
    }

    @Test
    void linesThatEndInALineFeedAloneAreNotKept() {
        decoded("GET /a HTTP/1.1\r\nHost: h\n\r\n");
        decoded("GET /a HTTP/1.1\r\nHost: h\r\n\n");
        assertLeft("GET /a HTTP/1.1\r\nHost: h\n\r\n");
        assertLeft("GET /a HTTP/1.1\r\nHost: h\r\n\n");
    }

    /** Its size is fixed: what many others have sent since is forgotten. */
    @Test
    void itIsOfFixedSize() {
        for (int i = 0; i < 10_000; i++) {
            decoded("GET /a HTTP/1.1\r\nHost: h" + i + "\r\n\r\n");
        }
        int kept = 0;
        for (int i = 0; i < 10_000; i++) {
            ByteBuf in = Unpooled.copiedBuffer(bytes("GET /a HTTP/1.1\r\nHost: h" + i + "\r\n\r\n"));
            kept += known.read(in, connection, 8 << 10) == null ? 0 : 1;
        }
        assertThat(kept).isBetween(1, 512);
    }
}
