package dev.freefleet.gateway;

import static dev.freefleet.gateway.Http2Frames.CONTINUATION;
import static dev.freefleet.gateway.Http2Frames.DATA;
import static dev.freefleet.gateway.Http2Frames.END_HEADERS;
import static dev.freefleet.gateway.Http2Frames.END_STREAM;
import static dev.freefleet.gateway.Http2Frames.HEADERS;
import static dev.freefleet.gateway.Http2Frames.PING;
import static dev.freefleet.gateway.Http2Frames.PRIORITY;
import static dev.freefleet.gateway.Http2Frames.RST_STREAM;
import static dev.freefleet.gateway.Http2Frames.SETTINGS;
import static dev.freefleet.gateway.Http2Frames.WINDOW_UPDATE;
import static dev.freefleet.gateway.Http2Frames.both;
import static dev.freefleet.gateway.Http2Frames.frame;
import static dev.freefleet.gateway.Http2Frames.get;
import static dev.freefleet.gateway.Http2Frames.number;
import static dev.freefleet.gateway.Http2Frames.preface;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attacks on HTTP/2 servers, frame by frame: each ends with the attacker's connection, and with that alone. */
@Timeout(120)
class Http2AttackTest {
    private static final int MANY = 200_000;
    /** What a client may make the gateway begin and give up: Netty's 200 in 30 s, and what was on the way. */
    private static final int FEW = 1_000;

    private final CountDownLatch end = new CountDownLatch(1);
    private final TestGateway fleet = TestGateway.start(exchange -> {
        end.await();
        exchange.json("{}");
    });

    @AfterEach
    void close() throws IOException {
        end.countDown();
        fleet.close();
    }

    private interface Flood {
        byte[] part(int i);
    }

    private static int stream(int i) {
        return 2 * i + 1;
    }

    /** Sends the flood until the connection ends, while what comes back is read where the attack is of that kind. */
    private void assertEnds(Flood flood, boolean reads) throws Exception {
        try (RawClient attacker = fleet.raw()) {
            attacker.send(preface(new byte[0]));
            Thread reader = Thread.ofVirtual().unstarted(() -> {
                try {
                    attacker.rest();
                } catch (IOException gone) {
                    // ended, which is what is wanted
                }
            });
            if (reads) {
                reader.start();
            }
            boolean ended = false;
            for (int i = 0; i < MANY && !ended; i++) {
                try {
                    attacker.send(flood.part(i));
                } catch (IOException refused) {
                    ended = true;
                }
            }
            assertThat(ended).as("the connection is closed before all was sent").isTrue();
        }
        fleet.assertServes();
        Await.until("nothing is left of it", () -> fleet.gauge("gateway.in.flight") == 0);
        Await.until("its connection is gone", () -> fleet.gauge("gateway.connections") == 0);
        assertThat(fleet.origin.requests()).isLessThan(FEW);
    }

    /** CVE-2023-44487: streams that are begun and given up at once, past any limit of streams at once. */
    @Test
    void rapidReset() throws Exception {
        assertEnds(
                i -> both(
                        frame(HEADERS, END_STREAM | END_HEADERS, stream(i), get("/open/a")),
                        frame(RST_STREAM, 0, stream(i), number(8))),
                true);
    }

    /** CVE-2025-8671: the server is made to reset the streams itself, by frames that break the rules of a stream. */
    @Test
    void madeYouReset() throws Exception {
        assertEnds(
                i -> both(
                        frame(HEADERS, END_STREAM | END_HEADERS, stream(i), get("/open/a")),
                        frame(WINDOW_UPDATE, 0, stream(i), number(0))),
                true);
    }

    /** The same by content after the end of the request. */
    @Test
    void madeYouResetByContentAfterTheEnd() throws Exception {
        assertEnds(
                i -> both(
                        frame(HEADERS, END_STREAM | END_HEADERS, stream(i), get("/open/a")),
                        frame(DATA, END_STREAM, stream(i), new byte[1])),
                true);
    }

    /** CVE-2024-27316 and its kin: a head without an end. */
    @Test
    void continuationFlood() throws Exception {
        byte[] line = "\0\1a\1b".getBytes(StandardCharsets.ISO_8859_1);
        assertEnds(i -> i == 0 ? frame(HEADERS, END_STREAM, 1, get("/open/a")) : frame(CONTINUATION, 0, 1, line), true);
        assertThat(fleet.origin.requests()).isZero();
    }

    @Test
    void continuationFloodOfLargeFrames() throws Exception {
        byte[] value = new byte[16_000];
        Arrays.fill(value, (byte) 'v');
        byte[] head = {0, 1, 'a', 0x7f, (byte) 0x81, 0x7c}; // a literal of 16,000 bytes
        assertEnds(
                i -> i == 0
                        ? frame(HEADERS, END_STREAM, 1, get("/open/a"))
                        : frame(CONTINUATION, 0, 1, both(head, value)),
                true);
        assertThat(fleet.origin.requests()).isZero();
    }

    @Test
    void emptyContinuationFlood() throws Exception {
        assertEnds(
                i -> i == 0 ? frame(HEADERS, END_STREAM, 1, get("/open/a")) : frame(CONTINUATION, 0, 1, new byte[0]),
                true);
    }

    /** CVE-2019-9512, by a client that takes the answers. */
    @Test
    void pingFlood() throws Exception {
        assertEnds(i -> frame(PING, 0, 0, new byte[8]), true);
    }

    /** CVE-2019-9512, by a client that leaves the answers to pile up. */
    @Test
    void pingFloodUnread() throws Exception {
        assertEnds(i -> frame(PING, 0, 0, new byte[8]), false);
    }

    /** CVE-2019-9515. */
    @Test
    void settingsFlood() throws Exception {
        assertEnds(i -> frame(SETTINGS, 0, 0, new byte[0]), true);
    }

    /** CVE-2019-9518. */
    @Test
    void emptyDataFlood() throws Exception {
        byte[] post = get("/open/a");
        post[0] = (byte) 0x83;
        assertEnds(i -> i == 0 ? frame(HEADERS, END_HEADERS, 1, post) : frame(DATA, 0, 1, new byte[0]), true);
    }

    /** CVE-2019-9513: a shuffle of priorities, which cost a tree's work each where they are honoured. */
    @Test
    void priorityFloodCostsNothingButItself() throws Exception {
        try (RawClient client = fleet.raw()) {
            client.send(preface(new byte[0]));
            for (int i = 0; i < 20_000; i++) {
                try {
                    client.send(frame(PRIORITY, 0, stream(i % 1_000), new byte[] {0, 0, 0, 0, (byte) i}));
                } catch (IOException closed) {
                    break;
                }
            }
            fleet.assertServes();
        }
    }

    /** Few control frames are everyday life: a keep-alive every moment must not end a connection. */
    @Test
    void aClientThatPingsNowAndThenIsServed() throws Exception {
        end.countDown();
        try (Http2Client client = new Http2Client(fleet.address())) {
            for (int i = 0; i < 50; i++) {
                client.ping();
                assertThat(client.get("/open/a").status()).isEqualTo(200);
            }
        }
    }
}
