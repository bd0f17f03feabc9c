package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Fuzzer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Coverage-guided fuzzing of the request decoder; {@code -Dfuzz.seconds=N} says for how long, a minute by default. */
class RequestFuzzTest {
    private static final List<String> SEEDS = List.of(
            "GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\nhello\r\n0\r\nT: 1\r\n\r\n",
            "\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n",
            "\r\nQUERY /q?a=b HTTP/1.0\r\nA:b\r\nC: \t d e\t\r\n\r\n",
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void requests() throws Exception {
        List<byte[]> seeds = Stream.concat(Stream.of(""), SEEDS.stream())
                .map(seed -> bytes("\u0007" + seed))
                .toList();
        Fuzzer.start(RequestFuzz.class, "dev.freefleet.gateway.**:io.netty.handler.codec.http.**", seeds)
                .assertHolds();
    }

    @Test
    void emptyLinesBeforeARequestAreNoNoiseHoweverTheyCome() {
        byte[] request = bytes("\r\n\r\n" + SEEDS.getFirst());
        for (int cut = 0; cut < request.length; cut++) {
            assertThat(RequestFuzz.decode(
                            java.util.Arrays.copyOf(request, cut),
                            java.util.Arrays.copyOfRange(request, cut, request.length)))
                    .as("cut at %s", cut)
                    .hasSize(1);
        }
    }

    /** Found by the fuzzer: where a packet ended just before the head's end, indented content looked like a folded line. */
    @Test
    void indentedContentIsNoFoldedLineHoweverItComes() {
        byte[] request =
                bytes("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n{\r\n  \n }" + SEEDS.getFirst());
        for (int cut = 0; cut < request.length; cut++) {
            assertThat(RequestFuzz.decode(
                            java.util.Arrays.copyOf(request, cut),
                            java.util.Arrays.copyOfRange(request, cut, request.length)))
                    .as("cut at %s", cut)
                    .hasSize(2);
        }
    }

    /** Found by the fuzzer: the grammar that it compares with took no size of more than 16 digits, be they zeros. */
    @Test
    void zerosBeforeASizeOfAChunkAreReadByBoth() {
        byte[] request = bytes("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + "0".repeat(60)
                + "2\r\nok\r\n" + "0".repeat(60) + "\r\n\r\n");
        assertThat(RequestFuzz.decode(request)).hasSize(1).isEqualTo(StrictGrammar.read(request));
    }

    /** Both read what they should: a comparison of nothing with nothing would hold for ever. */
    @Test
    void theDecoderAndTheGrammarTakeTheSeeds() {
        assertThat(SEEDS.stream().map(seed -> RequestFuzz.decode(bytes(seed)).size()))
                .containsExactly(1, 2, 1, 1, 1, 0);
        assertThat(SEEDS.stream().map(seed -> StrictGrammar.read(bytes(seed)).size()))
                .containsExactly(1, 2, 1, 1, 1, 0);
        assertThat(RequestFuzz.decode(bytes(SEEDS.get(1))).getFirst())
                .isEqualTo(new StrictGrammar.Request(
                        "POST", "/a", "HTTP/1.1", List.of("host:h", "content-length:5"), "hello"));
    }
}
