package dev.freefleet.gateway;

import static dev.freefleet.gateway.Http2Frames.END_HEADERS;
import static dev.freefleet.gateway.Http2Frames.END_STREAM;
import static dev.freefleet.gateway.Http2Frames.GOAWAY;
import static dev.freefleet.gateway.Http2Frames.HEADERS;
import static dev.freefleet.gateway.Http2Frames.RST_STREAM;
import static dev.freefleet.gateway.Http2Frames.both;
import static dev.freefleet.gateway.Http2Frames.frame;
import static dev.freefleet.gateway.Http2Frames.get;
import static dev.freefleet.gateway.Http2Frames.number;
import static dev.freefleet.gateway.Http2Frames.preface;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * slowhttptest's four modes over HTTP/2: heads and content that do not come, answers that are not taken, connections on
 * which nothing is asked. One limit is short in each, so that it is this one that ends what dawdles.
 */
@Timeout(120)
class Http2SlowTest {
    private static final Duration SHORT = Duration.ofMillis(400);
    /** Between accepting a connection and its first byte, too, which must come on a busy machine. */
    private static final Duration IDLE = Duration.ofSeconds(2);

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration DRAIN = Duration.ofSeconds(2);
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int CANCEL = 8;

    /** A frame that came. */
    private record Frame(int type, int stream, byte[] content) {}

    private static TestGateway start(Duration head, Duration body, Duration idle, Duration write) {
        return TestGateway.start(
                Http2SlowTest::answer,
                config -> config.with(new GatewayConfig.TimeLimits(head, body, idle, write, DRAIN)));
    }

    /** Once all of a request's content is there; to {@code /big/N} with so many bytes. */
    private static void answer(OriginExchange exchange) throws IOException {
        if (exchange.method().equals("POST")) {
            exchange.content();
        }
        String target = exchange.target();
        int length = target.startsWith("/big/") ? Integer.parseInt(target.substring("/big/".length())) : 2;
        exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
        byte[] block = new byte[Math.min(length, 65_536)];
        for (int sent = 0; sent < length; sent += block.length) {
            exchange.out().write(block);
        }
    }

    private static RawClient raw(TestGateway fleet) throws IOException {
        return RawClient.connect(fleet.address(), 0, PATIENCE_MILLIS);
    }

    /** The next frame; null: the connection ended before another began. */
    private static @Nullable Frame next(RawClient client) throws IOException {
        byte[] head = client.bytes(9);
        if (head.length == 0) {
            return null;
        }
        assertThat(head).as("the head of a frame").hasSize(9);
        ByteBuffer read = ByteBuffer.wrap(head);
        byte[] content = client.bytes(((read.get(0) & 0xff) << 16) | (read.getShort(1) & 0xffff));
        return new Frame(read.get(3), read.getInt(5), content);
    }

    /** All frames until the connection's end. */
    private static List<Frame> untilTheEnd(RawClient client) throws IOException {
        List<Frame> frames = new ArrayList<>();
        for (Frame frame = next(client); frame != null; frame = next(client)) {
            frames.add(frame);
        }
        return frames;
    }

    /** The error that this stream is reset with, which is waited for. */
    private static int reset(RawClient client, int stream) throws IOException {
        for (Frame frame = next(client); frame != null; frame = next(client)) {
            if (frame.type() == RST_STREAM && frame.stream() == stream) {
                return ByteBuffer.wrap(frame.content()).getInt();
            }
        }
        throw new AssertionError("the connection ended before its stream was reset");
    }

    private static void assertNothingIsLeft(TestGateway fleet) throws IOException {
        Await.until("nothing is in flight", () -> fleet.gauge("gateway.in.flight") == 0);
        fleet.assertServes();
    }

    /** Held for its key, and passed on as it comes. */
    @ParameterizedTest
    @ValueSource(strings = {"/query", "/open/x"})
    void slowContentIs408(String path) throws Exception {
        try (TestGateway fleet = start(LONG, SHORT, LONG, LONG);
                Http2Client client = new Http2Client(fleet.address())) {
            Http2Client.Open slow = client.open(
                    client.head("POST", path)
                            .add("content-type", "application/json")
                            .add("x-api-key", fleet.key),
                    false);
            slow.data("{".getBytes(StandardCharsets.US_ASCII), false);
            assertThat(slow.answer().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).status())
                    .isEqualTo(408);
            assertThat(client.get("/health/live").status())
                    .as("the connection's other streams")
                    .isEqualTo(200);
            assertNothingIsLeft(fleet);
        }
    }

    @Test
    void contentThatTricklesInIs408AllTheSame() throws Exception {
        try (TestGateway fleet = start(LONG, SHORT, LONG, LONG);
                Http2Client client = new Http2Client(fleet.address())) {
            Http2Client.Open slow = client.open(
                    client.head("POST", "/query")
                            .add("content-type", "application/json")
                            .add("x-api-key", fleet.key),
                    false);
            for (int i = 0; i < PATIENCE_MILLIS / 50 && !slow.answer().isDone(); i++) {
                slow.data(new byte[] {' '}, false);
                Thread.sleep(50);
            }
            assertThat(slow.answer().get(1, TimeUnit.SECONDS).status()).isEqualTo(408);
            assertThat(fleet.origin.requests()).isZero();
            assertNothingIsLeft(fleet);
        }
    }

    /**
     * A stream's window that was never opened, with an answer that fits into what the gateway holds and one that does not;
     * and the connection's window, which is used up.
     */
    @ParameterizedTest
    @CsvSource({"0, 100", "0, 67108864", "2147483647, 67108864"})
    void anAnswerThatIsNotTakenIsReset(int window, int length) throws Exception {
        byte[] settings = both(new byte[] {0, 4}, number(window)); // SETTINGS_INITIAL_WINDOW_SIZE
        try (TestGateway fleet = start(LONG, LONG, LONG, SHORT);
                RawClient client = raw(fleet)) {
            client.send(preface(settings)).send(frame(HEADERS, END_STREAM | END_HEADERS, 1, get("/big/" + length)));
            assertThat(reset(client, 1)).isEqualTo(CANCEL);
            assertNothingIsLeft(fleet);
            Await.until("the origin's work ends", () -> length < 1_000 || fleet.origin.openConnections() == 0);
        }
    }

    @Test
    void aConnectionWithoutStreamsIsSentAway() throws Exception {
        try (TestGateway fleet = start(LONG, LONG, IDLE, LONG);
                RawClient silent = raw(fleet)) {
            silent.send(preface(new byte[0]));
            assertSentAway(untilTheEnd(silent));
            Await.until("it is gone", () -> fleet.gauge("gateway.connections") == 0);
        }
    }

    /** After its last stream, too. */
    @Test
    void aConnectionWithoutStreamsAnyMoreIsSentAway() throws Exception {
        try (TestGateway fleet = start(LONG, LONG, IDLE, LONG);
                RawClient client = raw(fleet)) {
            client.send(both(preface(new byte[0]), frame(HEADERS, END_STREAM | END_HEADERS, 1, get("/open/x"))));
            List<Frame> frames = untilTheEnd(client);
            assertThat(frames).anyMatch(frame -> frame.type() == HEADERS && frame.stream() == 1);
            assertSentAway(frames);
        }
    }

    private static void assertSentAway(List<Frame> frames) {
        assertThat(frames)
                .filteredOn(frame -> frame.type() == GOAWAY)
                .isNotEmpty()
                .allSatisfy(frame -> assertThat(ByteBuffer.wrap(frame.content()).getInt(4))
                        .as("NO_ERROR")
                        .isZero());
    }

    /** HEADERS without END_HEADERS, whose CONTINUATION never comes, and a frame that is not all there. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aHeadThatNeverEndsEndsTheConnection(int missing) throws Exception {
        try (TestGateway fleet = start(LONG, LONG, IDLE, LONG);
                RawClient client = raw(fleet)) {
            byte[] head = frame(HEADERS, END_STREAM | (missing == 0 ? 0 : END_HEADERS), 1, get("/open/x"));
            byte[] cut = Arrays.copyOf(head, head.length - missing);
            client.send(both(preface(new byte[0]), cut));
            client.rest();
            Await.until("it is gone", () -> fleet.gauge("gateway.connections") == 0);
            assertThat(fleet.gauge("gateway.in.flight")).isZero();
            assertThat(fleet.origin.requests()).isZero();
        }
    }

    @Test
    void aPrefaceThatNeverEndsEndsTheConnection() throws Exception {
        try (TestGateway fleet = start(SHORT, LONG, LONG, LONG);
                RawClient client = raw(fleet)) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM");
            client.rest();
            Await.until("it is gone", () -> fleet.gauge("gateway.connections") == 0);
        }
    }
}
