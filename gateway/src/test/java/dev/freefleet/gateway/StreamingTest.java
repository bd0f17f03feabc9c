package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.HttpReader;
import dev.freefleet.testkit.RawClient;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Content that is longer than the memory it may take. */
class StreamingTest {
    private static final int SIZE = 64 << 20;

    private static final String HEAD_OF_CHUNKS =
            "POST /open/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final CountDownLatch end = new CountDownLatch(1);
    private final TestGateway fleet = TestGateway.start(exchange -> exchange.json("{}"));

    @AfterEach
    void close() throws IOException {
        end.countDown();
        fleet.close();
    }

    private static MessageDigest sha256() throws Exception {
        return MessageDigest.getInstance("SHA-256");
    }

    /** Writes {@link #SIZE} bytes of noise that only depends on the seed. */
    private static void writeNoise(OutputStream out) throws IOException {
        Random random = new Random(42);
        byte[] block = new byte[64 * 1024];
        for (int i = 0; i < SIZE / block.length; i++) {
            random.nextBytes(block);
            out.write(block);
        }
    }

    private static byte[] noiseDigest() throws Exception {
        MessageDigest digest = sha256();
        writeNoise(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        return digest.digest();
    }

    @Test
    void aLongAnswerPassesUnchangedAndUnhoarded() throws Exception {
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
            writeNoise(exchange.out());
        });
        long before = PlatformDependent.usedDirectMemory();
        try (RawClient client = fleet.raw()) {
            client.send("GET /big/x HTTP/1.1\r\nHost: h\r\n\r\n");
            HttpReader.Head head = client.head();
            assertThat(head.field("content-length")).isEqualTo("" + SIZE);
            MessageDigest digest = sha256();
            client.drain(head, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            assertThat(digest.digest()).isEqualTo(noiseDigest());
        }
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(16 << 20);
    }

    @Test
    void aLongRequestPassesUnchangedAndUnhoarded() throws Exception {
        MessageDigest digest = sha256();
        fleet.origin.script(exchange -> {
            long size = exchange.drain(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            exchange.json("{\"size\":" + size + "}");
        });
        long before = PlatformDependent.usedDirectMemory();
        try (RawClient client = fleet.raw()) {
            client.send("PUT /big/x HTTP/1.1\r\nHost: h\r\nContent-Length: " + SIZE + "\r\n\r\n");
            writeNoise(client.out());
            assertThat(client.answer().text()).isEqualTo("{\"size\":" + SIZE + "}");
        }
        assertThat(digest.digest()).isEqualTo(noiseDigest());
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(16 << 20);
        assertThat(fleet.usage.take().bytesIn()).isEqualTo(SIZE);
    }

    @Test
    void chunksPassBothWays() throws Exception {
        fleet.origin.script(exchange -> {
            byte[] content = exchange.content();
            exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (byte b : content) {
                exchange.raw("1\r\n" + (char) b + "\r\n");
            }
            exchange.raw("0\r\nX-Trailer: dropped\r\n\r\n");
        });
        try (RawClient client = fleet.raw()) {
            client.send(HEAD_OF_CHUNKS + "3\r\nabc\r\n4;name=value\r\ndefg\r\n0\r\n\r\n");
            RawClient.Answer answer = client.answer();
            assertThat(answer.text()).isEqualTo("abcdefg");
            client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(fleet.origin.exchanges().getFirst().head().field("transfer-encoding"))
                .isEqualTo("chunked");
    }

    @Test
    void eventsPassAsTheyCome() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\n");
            seen.await();
            exchange.raw("data: two\n\n");
            exchange.end();
        });
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/events HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.head().field("content-type")).isEqualTo("text/event-stream");
            byte[] first = client.bytes("b\r\ndata: one\n\n\r\n".length());
            assertThat(first).asString().isEqualTo("b\r\ndata: one\n\n\r\n");
            seen.countDown();
            byte[] second = client.bytes("b\r\ndata: two\n\n\r\n0\r\n\r\n".length());
            assertThat(second).asString().isEqualTo("b\r\ndata: two\n\n\r\n0\r\n\r\n");
        }
    }

    @Test
    void aSlowClientSlowsTheOriginDown() throws Exception {
        AtomicLong sent = new AtomicLong();
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < SIZE / block.length; i++) {
                exchange.out().write(block);
                sent.addAndGet(block.length);
            }
        });
        try (RawClient client = RawClient.connect(fleet.address(), 16 * 1024)) {
            client.send("GET /big/x HTTP/1.1\r\nHost: h\r\n\r\n");
            client.head();
            AtomicLong last = new AtomicLong(-1);
            Await.until("the origin is held back", () -> {
                sleep(300);
                return last.getAndSet(sent.get()) == sent.get();
            });
            assertThat(sent.get()).isLessThan(SIZE / 2);
            fleet.assertServes();
        }
        Await.until("the origin is let go", () -> fleet.gauge("gateway.origin.running") == 0);
    }

    @Test
    void aClientThatLeavesEndsTheOriginsWork() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        fleet.origin.script(exchange -> {
            if (exchange.waitForEnd()) {
                ended.countDown();
            }
        });
        RawClient client = fleet.raw().send("GET /open/x HTTP/1.1\r\nHost: h\r\n\r\n");
        Await.until("the origin is asked", () -> fleet.origin.requests() == 1);
        client.close();
        assertThat(ended.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(fleet.usage.poll(5, java.util.concurrent.TimeUnit.SECONDS).status())
                .isEqualTo(499);
        Await.until("nothing is left", () -> fleet.gauge("gateway.in.flight") == 0);
    }

    @Test
    void theOriginMayAnswerBeforeItHasRead() throws Exception {
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 400 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
            exchange.end();
            end.await();
        });
        try (RawClient client = fleet.raw()) {
            client.send("PUT /big/x HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000\r\n\r\n" + "x".repeat(1000));
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).isEqualTo("no");
        }
        fleet.assertServes();
    }

    @Test
    void continueIsSaidWhenTheContentIsWanted() throws Exception {
        fleet.origin.script(exchange -> exchange.answer(200, "text/plain", exchange.text()));
        try (RawClient client = fleet.raw()) {
            client.send("POST /open/x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(100);
            client.send("hello");
            assertThat(client.answer().text()).isEqualTo("hello");
        }
        assertThat(fleet.origin.exchanges().getFirst().head().field("expect")).isNull();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
