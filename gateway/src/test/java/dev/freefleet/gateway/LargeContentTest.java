package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Content of 200 MB over HTTP/2 and TLS, between a fast side and a slow one: the gateway holds the fast one back. */
@Timeout(300)
class LargeContentTest {
    private static final long SIZE = 200L << 20;
    private static final long HELD = 48L << 20;
    private static final int BLOCK = 64 * 1024;

    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicLong moved = new AtomicLong();
    private final TestGateway fleet;
    private final HttpClient http;
    private final long directBefore = PlatformDependent.usedDirectMemory();

    LargeContentTest(@TempDir Path made) throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        Path certificate = Files.writeString(made.resolve("cert.pem"), bundle.getCertificatePEM());
        Path key = Files.writeString(made.resolve("key.pem"), bundle.getPrivateKeyPEM());
        fleet = TestGateway.start(
                exchange -> exchange.json("{}"),
                config -> config.with(new GatewayConfig.Listener("127.0.0.1", 0, 100, Tls.of(certificate, key))));
        SSLContext trust = SSLContext.getInstance("TLS");
        trust.init(null, bundle.toTrustManagerFactory().getTrustManagers(), null);
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(trust)
                .build();
    }

    @AfterEach
    void close() throws IOException {
        go.countDown();
        http.shutdownNow();
        fleet.close();
    }

    private URI target() {
        return URI.create("https://localhost:" + fleet.address().getPort() + "/big/x");
    }

    private void awaitStandstill() {
        AtomicLong last = new AtomicLong(-1);
        Await.until("the fast side is held back", () -> {
            try {
                Thread.sleep(500);
            } catch (InterruptedException stopped) {
                throw new AssertionError(stopped);
            }
            return moved.get() > 0 && last.getAndSet(moved.get()) == moved.get();
        });
        assertThat(moved.get()).isLessThan(HELD);
        assertThat(PlatformDependent.usedDirectMemory() - directBefore).isLessThan(32L << 20);
    }

    @Test
    void aSlowReaderHoldsTheOriginBack() throws Exception {
        fleet.origin.script(exchange -> {
            exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n");
            byte[] block = new byte[BLOCK];
            for (long sent = 0; sent < SIZE; sent += BLOCK) {
                exchange.out().write(block);
                moved.addAndGet(BLOCK);
            }
        });
        HttpResponse<InputStream> answer =
                http.send(HttpRequest.newBuilder(target()).build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        awaitStandstill();
        try (InputStream in = answer.body()) {
            assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(SIZE);
        }
        assertThat(PlatformDependent.usedDirectMemory() - directBefore).isLessThan(32L << 20);
    }

    @Test
    void aSlowOriginHoldsTheUploadBack() throws Exception {
        fleet.origin.script(exchange -> {
            go.await();
            exchange.json("{\"size\":" + exchange.drain(OutputStream.nullOutputStream()) + "}");
        });
        InputStream content = new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException("blocks are read");
            }

            @Override
            public int read(byte[] to, int from, int length) {
                long left = SIZE - moved.get();
                int read = (int) Math.min(length, left);
                moved.addAndGet(read);
                return read == 0 ? -1 : read;
            }
        };
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(
                HttpRequest.newBuilder(target())
                        .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> content))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        awaitStandstill();
        go.countDown();
        assertThat(answer.get(120, TimeUnit.SECONDS).body()).isEqualTo("{\"size\":" + SIZE + "}");
        assertThat(PlatformDependent.usedDirectMemory() - directBefore).isLessThan(32L << 20);
    }
}
