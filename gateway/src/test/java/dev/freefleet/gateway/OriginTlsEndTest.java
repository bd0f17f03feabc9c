package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an answer over TLS ends that nothing but its connection delimits (RFC 9112 section 9.8). */
class OriginTlsEndTest {
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\ntext";

    @TempDir
    Path folder;

    private ServerSocket server;
    private TestGateway fleet;
    private final AtomicInteger served = new AtomicInteger();
    private volatile boolean alerts = true;

    @BeforeEach
    void start() throws Exception {
        X509Bundle own = new CertificateBuilder()
                .subject("CN=localhost")
                .ecp256()
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.toKeyManagerFactory().getKeyManagers(), null, null);
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    answer(context, server.accept());
                } catch (IOException gone) {
                    // the gateway left, or the test is over
                }
            }
        });
        OriginTrust trust = new OriginTrust(
                Files.writeString(folder.resolve("ca.pem"), own.getCertificatePEM()),
                null,
                null,
                OriginTrust.SECRET_HEADER,
                null);
        URI url = URI.create("https://localhost:" + server.getLocalPort());
        fleet = TestGateway.start(
                exchange -> exchange.json("{}"),
                config -> TestGateway.withoutRetries(
                        config.with(config.origin().at(url).with(trust))));
    }

    private void answer(SSLContext context, Socket plain) throws IOException {
        try (plain) {
            SSLSocket secure =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), false);
            secure.setUseClientMode(false);
            byte[] request = new byte[4096];
            if (secure.getInputStream().read(request) < 0) {
                return;
            }
            served.incrementAndGet();
            secure.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
            secure.getOutputStream().flush();
            if (alerts) {
                secure.close();
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        fleet.close();
        server.close();
    }

    @Test
    void aClosureAlertMakesItWhole() throws Exception {
        assertThat(fleet.get("/site/a").body()).isEqualTo("text");
        Await.until("it is stored", () -> fleet.gauge("gateway.store.keys") == 1);
        assertThat(fleet.get("/site/a").body()).isEqualTo("text");
        assertThat(served).hasValue(1);
    }

    @Test
    void withoutOneItMayHaveBeenCutOff() throws Exception {
        alerts = false;
        try (RawClient client = fleet.raw()) {
            client.send("GET /site/a HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(new String(client.rest(), StandardCharsets.ISO_8859_1)).doesNotContain("\r\n0\r\n");
        }
        assertThat(fleet.gauge("gateway.store.keys")).isZero();
    }
}
