package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** An origin behind https: who it must prove to be, and what proves the gateway to it. */
class OriginTlsTest {
    @TempDir
    Path folder;

    private final Logger log = (Logger) LoggerFactory.getLogger(TlsTrouble.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Map<String, String> seen = new ConcurrentHashMap<>();
    private final X509Bundle issuer = issuer("CN=our issuer");
    private @Nullable HttpsServer server;
    private @Nullable TestGateway fleet;

    private static X509Bundle issuer(String name) {
        try {
            return new CertificateBuilder()
                    .subject(name)
                    .ecp256()
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static CertificateBuilder named(String host) {
        return new CertificateBuilder().subject("CN=" + host).ecp256().addSanDnsName(host);
    }

    @BeforeEach
    void listen() {
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void close() throws IOException {
        log.detachAppender(logged);
        if (fleet != null) {
            fleet.close();
        }
        if (server != null) {
            server.stop(0);
        }
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private URI serve(X509Bundle certificate, boolean wantsClient) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                certificate.toKeyManagerFactory().getKeyManagers(), new TrustManager[] {issuer.toTrustManager()}, null);
        HttpsServer started = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        started.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(wantsClient);
                parameters.setSSLParameters(wanted);
            }
        });
        started.createContext("/", exchange -> {
            exchange.getRequestHeaders().forEach((name, values) -> seen.put(name, String.join("|", values)));
            byte[] bytes = "secret answer".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        });
        started.start();
        server = started;
        return URI.create("https://localhost:" + started.getAddress().getPort());
    }

    private OriginTrust ours() throws IOException {
        return new OriginTrust(file("ca.pem", issuer.getCertificatePEM()), null, null, OriginTrust.SECRET_HEADER, null);
    }

    private TestGateway gateway(URI origin, OriginTrust trust) {
        TestGateway started = TestGateway.start(
                exchange -> exchange.json("{}"),
                config -> TestGateway.withoutRetries(
                        config.with(config.origin().at(origin).with(trust))));
        fleet = started;
        return started;
    }

    private void assertRefused(URI origin, OriginTrust trust, String why) throws Exception {
        TestGateway started = gateway(origin, trust);
        assertThat(started.get("/open/x").statusCode()).isEqualTo(502);
        assertThat(started.count("gateway.origin.failures", "kind", "unreachable"))
                .isEqualTo(1);
        assertThat(seen).as("the origin has seen no request").isEmpty();
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anySatisfy(message -> assertThat(message).contains("localhost").contains(why));
    }

    @Test
    void oneWithARightCertificateIsAskedOnOneConnection() throws Exception {
        TestGateway started = gateway(serve(named("localhost").buildIssuedBy(issuer), false), ours());
        for (int i = 0; i < 3; i++) {
            assertThat(started.get("/open/" + i).body()).isEqualTo("secret answer");
        }
        assertThat(logged.list).isEmpty();
    }

    @Test
    void oneOfAnUnknownIssuerIsRefused() throws Exception {
        assertRefused(serve(named("localhost").buildIssuedBy(issuer), false), OriginTrust.ofSystem(), "unknown issuer");
    }

    @Test
    void oneThatSignedItselfIsRefused() throws Exception {
        X509Bundle own = named("localhost").setIsCertificateAuthority(true).buildSelfSigned();
        assertRefused(serve(own, false), ours(), "unknown issuer");
    }

    @Test
    void oneForAnotherHostIsRefused() throws Exception {
        assertRefused(serve(named("other.example").buildIssuedBy(issuer), false), ours(), "another host");
    }

    @Test
    void anExpiredOneIsRefused() throws Exception {
        Instant now = Instant.now();
        X509Bundle expired = named("localhost")
                .notBefore(now.minus(9, ChronoUnit.DAYS))
                .notAfter(now.minus(2, ChronoUnit.DAYS))
                .buildIssuedBy(issuer);
        assertRefused(serve(expired, false), ours(), "expired");
    }

    @Test
    void anOriginWithoutTlsIsTold() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket client = plain.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    client.getInputStream().readAllBytes();
                } catch (IOException closed) {
                    // the test is over
                }
            });
            URI url = URI.create("https://localhost:" + plain.getLocalPort());
            assertRefused(url, OriginTrust.ofSystem(), "does not speak TLS");
        }
    }

    @Test
    void aHandshakeThatDawdlesIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("https://localhost:" + silent.getLocalPort());
            GatewayConfig.Origin usual = GatewayConfig.Origin.of(url);
            fleet = TestGateway.start(
                    exchange -> exchange.json("{}"),
                    config -> TestGateway.withoutRetries(config.with(new GatewayConfig.Origin(
                            url,
                            usual.maxConcurrent(),
                            usual.maxQueued(),
                            Duration.ofMillis(300),
                            usual.idle(),
                            usual.stall(),
                            usual.maxHeadBytes(),
                            usual.maxBodyBytes()))));
            assertThat(fleet.get("/open/x").statusCode()).isEqualTo(504);
            assertThat(fleet.count("gateway.origin.failures", "kind", "timeout"))
                    .isEqualTo(1);
        }
    }

    private OriginTrust withClient(X509Bundle client) throws IOException {
        return new OriginTrust(
                file("ca.pem", issuer.getCertificatePEM()),
                file("me.pem", client.getCertificatePathPEM()),
                file("me.key", client.getPrivateKeyPEM()),
                OriginTrust.SECRET_HEADER,
                null);
    }

    @Test
    void anOriginThatWantsACertificateIsShownOurs() throws Exception {
        URI url = serve(named("localhost").buildIssuedBy(issuer), true);
        X509Bundle client = named("gateway").buildIssuedBy(issuer);
        assertThat(gateway(url, withClient(client)).get("/open/x").body()).isEqualTo("secret answer");
    }

    @Test
    void withoutOneItRefusesUsAndThatIsTold() throws Exception {
        assertRefused(serve(named("localhost").buildIssuedBy(issuer), true), ours(), "wants a client certificate");
    }

    @Test
    void theSecretGoesAlongAndAClientsOwnDoesNot() throws Exception {
        OriginTrust trust = new OriginTrust(
                file("ca.pem", issuer.getCertificatePEM()), null, null, "x-fleet-secret", "only-the-gateway-knows");
        TestGateway started = gateway(serve(named("localhost").buildIssuedBy(issuer), false), trust);
        HttpRequest.Builder forged = started.request("/open/x").header("X-Fleet-Secret", "guessed");
        assertThat(started.send(forged.GET()).statusCode()).isEqualTo(200);
        assertThat(seen).containsEntry("X-fleet-secret", "only-the-gateway-knows");
        assertThat(trust.toString()).doesNotContain("only-the-gateway-knows");
    }

    @Test
    void withoutASecretAClientsFieldOfItsNameDoesNotGoAlongEither() throws Exception {
        TestGateway started = gateway(serve(named("localhost").buildIssuedBy(issuer), false), ours());
        HttpRequest.Builder forged = started.request("/open/x")
                .header("X-Fleet-Secret", "guessed")
                .header("X_Fleet-Secret", "guessed"); // one name to who is given fields as variables
        HttpResponse<String> answer = started.send(forged.GET());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(seen).isNotEmpty().doesNotContainKeys("X-fleet-secret", "X_fleet-secret");
    }

    @Test
    void filesThatDoNotFitAreTold() throws Exception {
        X509Bundle one = named("one").buildIssuedBy(issuer);
        X509Bundle two = named("two").buildIssuedBy(issuer);
        Path key = file("one.key", one.getPrivateKeyPEM());
        Path cert = file("two.pem", two.getCertificatePEM());
        Path garbage = file("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        String header = OriginTrust.SECRET_HEADER;
        assertThatThrownBy(() -> new OriginTrust(null, cert, key, header, null).check())
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("one.key is not the key of the first certificate in");
        assertThatThrownBy(() -> new OriginTrust(folder.resolve("gone"), null, null, header, null).check())
                .hasMessageContaining("gone does not exist");
        assertThatThrownBy(() -> new OriginTrust(garbage, null, null, header, null).check())
                .hasMessageContaining("holds something that is no certificate in PEM");
        assertThatThrownBy(() -> new OriginTrust(null, cert, cert, header, null).check())
                .hasMessageContaining("holds no private key");
        assertThatThrownBy(() -> new OriginTrust(null, cert, null, header, null))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
