package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.RawClient;
import dev.freefleet.testkit.TestOrigin;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The gateway behind TLS, over sockets. */
@Timeout(120)
class TlsTest {
    @TempDir
    Path folder;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Path certificate;
    private Path key;
    private TestGateway gateway;

    @BeforeEach
    void listen() throws Exception {
        certificate = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        log.start();
        logger().addAppender(log);
        pipelines().addAppender(log);
        write("before");
        gateway = gateway(TlsTest::tellScheme, tls());
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Certificates.class);
    }

    /** Where Netty tells of trouble that no handler took. */
    private static Logger pipelines() {
        return (Logger) LoggerFactory.getLogger("io.netty.channel.DefaultChannelPipeline");
    }

    @AfterEach
    void close() throws IOException {
        logger().detachAppender(log);
        pipelines().detachAppender(log);
        gateway.close();
    }

    private static CertificateBuilder builder(String name) {
        return new CertificateBuilder()
                .subject("CN=" + name)
                .addSanDnsName("localhost")
                .addSanIpAddress(InetAddress.getLoopbackAddress())
                .setIsCertificateAuthority(true);
    }

    private X509Bundle write(X509Bundle bundle) throws IOException {
        Files.writeString(certificate, bundle.getCertificatePathPEM());
        Files.writeString(key, bundle.getPrivateKeyPEM());
        return bundle;
    }

    private X509Bundle write(String name) throws Exception {
        return write(builder(name).ecp256().buildSelfSigned());
    }

    private Tls tls() {
        Tls usual = Tls.of(certificate, key);
        return new Tls(certificate, key, usual.handshake(), usual.maxHandshakes(), Duration.ofMillis(100));
    }

    private static void tellScheme(OriginExchange exchange) throws IOException {
        exchange.json("{\"told\":\"" + exchange.head().field("x-forwarded-proto") + "\"}");
    }

    private static TestGateway gateway(TestOrigin.Script script, Tls tls) {
        return TestGateway.start(
                script, config -> config.with(new GatewayConfig.Listener("127.0.0.1", 0, 10_000, tls)));
    }

    private void start(Tls tls) throws IOException {
        start(TlsTest::tellScheme, tls);
    }

    /** In place of the one that runs, with the certificate that is there now. */
    private void start(TestOrigin.Script script, Tls tls) throws IOException {
        gateway.close();
        gateway = gateway(script, tls);
    }

    private static SSLContext trusting(X509Bundle... bundles) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Bundle bundle : bundles) {
            store.setCertificateEntry("c" + store.size(), bundle.getRootCertificate());
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private static HttpClient client(SSLContext trust, HttpClient.Version version) {
        return HttpClient.newBuilder()
                .sslContext(trust)
                .version(version)
                .connectTimeout(Duration.ofSeconds(20))
                .build();
    }

    private URI uri(String target) {
        return URI.create("https://localhost:" + gateway.address().getPort() + target);
    }

    private HttpResponse<String> get(HttpClient client, String target) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(target))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String shownName(SSLContext trust) throws IOException {
        try (SSLSocket socket = socket(trust)) {
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    private boolean isShown(SSLContext trust, String name) {
        try {
            return shownName(trust).equals(name);
        } catch (IOException refused) {
            return false;
        }
    }

    private SSLSocket socket(SSLContext trust) throws IOException {
        SSLSocket socket = (SSLSocket) trust.getSocketFactory()
                .createSocket("127.0.0.1", gateway.address().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    void bothVersionsOfHttpAreServedByAlpnAndTheOriginIsToldTheScheme() throws Exception {
        SSLContext trust = trusting(write("one"));
        start(tls());
        for (HttpClient.Version version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
            try (HttpClient client = client(trust, version)) {
                HttpResponse<String> answer = get(client, "/open/a");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.version()).isEqualTo(version);
                assertThat(answer.body()).isEqualTo("{\"told\":\"https\"}");
            }
        }
    }

    @Test
    void curlIsServed() throws Exception {
        write(builder("curl").rsa2048().buildSelfSigned());
        start(tls());
        for (String version : List.of("--http1.1", "--http2")) {
            Process curl = new ProcessBuilder(
                            "curl",
                            "-sS",
                            version,
                            "--cacert",
                            certificate.toString(),
                            uri("/open/a").toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(curl.waitFor()).as(said).isZero();
            assertThat(said).isEqualTo("{\"told\":\"https\"}");
        }
    }

    @Test
    void longContentPassesBothWaysOverBothVersions() throws Exception {
        SSLContext trust = trusting(write("long"));
        byte[] content = new byte[3 << 20];
        new Random(1).nextBytes(content);
        start(
                exchange -> {
                    byte[] got = exchange.content();
                    exchange.raw("HTTP/1.1 200 OK\r\ncontent-length: " + got.length + "\r\n\r\n");
                    exchange.out().write(got);
                },
                tls());
        for (HttpClient.Version version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
            try (HttpClient client = client(trust, version)) {
                HttpResponse<byte[]> answer = client.send(
                        HttpRequest.newBuilder(uri("/big/a"))
                                .timeout(Duration.ofSeconds(60))
                                .POST(HttpRequest.BodyPublishers.ofByteArray(content))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
                assertThat(answer.body()).isEqualTo(content);
            }
        }
    }

    @Test
    void onlyTls12And13AreSpoken() throws Exception {
        SSLContext trust = trusting(write("versions"));
        start(tls());
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (SSLSocket socket = socket(trust)) {
                socket.setEnabledProtocols(new String[] {version});
                socket.startHandshake();
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            }
        }
        Process old = new ProcessBuilder(
                        "curl",
                        "-sSk",
                        "--tls-max",
                        "1.1",
                        "--ciphers",
                        "DEFAULT@SECLEVEL=0",
                        uri("/open/a").toString())
                .redirectErrorStream(true)
                .start();
        old.getInputStream().readAllBytes();
        assertThat(old.waitFor()).isNotZero();
    }

    @Test
    void aClientWithoutAlpnSpeaksHttp1AndSeesTheGoodBye() throws Exception {
        SSLContext trust = trusting(write("plain"));
        start(tls());
        try (SSLSocket socket = socket(trust)) {
            socket.getOutputStream()
                    .write("GET /open/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("{\"told\":\"https\"}");
        }
    }

    @Test
    void aRefusalArrivesBeforeTheConnectionEnds() throws Exception {
        SSLContext trust = trusting(write("refusal"));
        start(tls());
        try (SSLSocket socket = socket(trust)) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400 Bad Request");
        }
    }

    /** HTTP/1.0 tells the end of content by the connection's end: a good-bye of TLS would make half an answer look whole. */
    @Test
    void aBrokenAnswerToHttp10HasNoGoodBye() throws Exception {
        SSLContext trust = trusting(write("broken"));
        start(
                exchange -> {
                    exchange.raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n");
                    exchange.end();
                },
                tls());
        try (SSLSocket socket = socket(trust)) {
            InputStream in = socket.getInputStream();
            socket.getOutputStream().write("GET /open/a HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void plaintextSentToTheTlsPortIsToldSo() throws Exception {
        write("plaintext");
        start(tls());
        for (String bytes : List.of("GET / HTTP/1.1\r\nHost: here\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
            try (RawClient client = gateway.raw()) {
                RawClient.Answer answer = client.send(bytes).answer();
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.text()).contains("https://");
                assertThat(client.isEnded()).isTrue();
            }
        }
        assertThat(gateway.origin.requests()).isZero();
    }

    @Test
    void tlsThatIsGarbageEndsTheConnectionAlone() throws Exception {
        SSLContext trust = trusting(write("garbage"));
        start(tls());
        try (RawClient client = gateway.raw()) {
            client.send(new byte[] {22, 3, 1, 0, 5, 1, 2, 3, 4, 5});
            client.rest();
        }
        assertThat(shownName(trust)).isEqualTo("CN=garbage");
        assertThat(log.list)
                .as("strangers write no log")
                .noneMatch(event -> event.getLoggerName().equals(pipelines().getName()));
        assertThat(gateway.count("gateway.tls.handshakes", "result", "failed")).isEqualTo(1);
        assertThat(gateway.count("gateway.tls.handshakes", "result", "done")).isEqualTo(1);
    }

    @Test
    void aSlowHandshakeIsCutInTime() throws Exception {
        SSLContext trust = trusting(write("slow"));
        start(new Tls(certificate, key, Duration.ofMillis(500), 1_000, Duration.ofSeconds(5)));
        try (RawClient silent = gateway.raw();
                RawClient trickling = gateway.raw()) {
            trickling.send(new byte[] {22, 3, 1});
            assertThat(silent.isEnded()).isTrue();
            assertThat(trickling.isEnded()).isTrue();
        }
        assertThat(shownName(trust)).isEqualTo("CN=slow");
    }

    @Test
    void handshakesThatNeverEndKeepNobodyOut() throws Exception {
        SSLContext trust = trusting(write("many"));
        start(new Tls(certificate, key, Duration.ofMinutes(5), 8, Duration.ofSeconds(5)));
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                slow.add(gateway.raw().send(new byte[] {22, 3, 1}));
            }
            assertThat(slow.getFirst().isEnded()).isTrue();
            // Else some of them could still come after the client that follows.
            Await.until(
                    "all have come, and eight are left",
                    () -> gateway.count("gateway.tls.handshakes", "result", "failed") == 12);
            try (HttpClient client = client(trust, HttpClient.Version.HTTP_2)) {
                assertThat(get(client, "/open/a").statusCode()).isEqualTo(200);
            }
        } finally {
            for (RawClient client : slow) {
                client.close();
            }
        }
    }

    @Test
    void newFilesAreTakenUpUnderLoadWithoutALostRequest() throws Exception {
        X509Bundle first = write("first");
        X509Bundle second = builder("second").ecp256().buildSelfSigned();
        SSLContext trust = trusting(first, second);
        start(tls());
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        List<CompletableFuture<Void>> load = new ArrayList<>();
        try (HttpClient kept = client(trust, HttpClient.Version.HTTP_2)) {
            assertThat(get(kept, "/open/a").statusCode()).isEqualTo(200);
            for (int i = 0; i < 2; i++) {
                load.add(CompletableFuture.runAsync(() -> {
                    while (!stop.get()) {
                        try (HttpClient fresh = client(trust, HttpClient.Version.HTTP_1_1)) {
                            assertThat(get(kept, "/open/a").statusCode()).isEqualTo(200);
                            assertThat(get(fresh, "/open/a").statusCode()).isEqualTo(200);
                            answered.addAndGet(2);
                        } catch (Exception failed) {
                            throw new AssertionError("a request was lost", failed);
                        }
                    }
                }));
            }
            Await.until("load", () -> answered.get() > 4);
            assertThat(shownName(trust)).isEqualTo("CN=first");
            write(second);
            Await.until("the new certificate", () -> isShown(trust, "CN=second"));
            int before = answered.get();
            Await.until(
                    "more load",
                    () -> answered.get() > before + 4 || load.stream().anyMatch(f -> f.isDone()));
            stop.set(true);
            for (CompletableFuture<Void> one : load) {
                one.get(60, TimeUnit.SECONDS);
            }
            assertThat(get(kept, "/open/a").statusCode()).isEqualTo(200); // its connection is older than the change
        }
    }

    @Test
    void aBadNewFileKeepsTheOldCertificateAndSaysSo() throws Exception {
        SSLContext trust = trusting(write("good"));
        start(tls());
        X509Bundle other = builder("other").ecp256().buildSelfSigned();
        Files.writeString(key, other.getPrivateKeyPEM());
        Await.until("a word of it", () -> said("the old certificate stays"));
        assertThat(said(key + " is not the key of the first certificate in " + certificate))
                .isTrue();
        assertThat(shownName(trust)).isEqualTo("CN=good");
        Files.delete(certificate);
        Await.until("a word of it", () -> said(certificate + " does not exist"));
        assertThat(shownName(trust)).isEqualTo("CN=good");
        write(other);
        SSLContext trustOther = trusting(other);
        Await.until("the next good pair", () -> isShown(trustOther, "CN=other"));
    }

    private boolean said(String part) {
        synchronized (log) {
            return List.copyOf(log.list).stream()
                    .anyMatch(event -> event.getFormattedMessage().contains(part));
        }
    }

    @Test
    void anEndOfTheCertificateIsToldBeforeAndAfter() throws Exception {
        Instant now = Instant.now();
        write(builder("soon").notAfter(now.plus(Duration.ofDays(3))).ecp256().buildSelfSigned());
        start(tls());
        assertThat(said("ends at")).isTrue();
        assertThat(gateway.gauge("gateway.tls.certificate.remaining")).isBetween(2 * 86_400.0, 3 * 86_400.0);
        write(builder("expired")
                .notBefore(now.minus(Duration.ofDays(3)))
                .notAfter(now.minus(Duration.ofDays(1)))
                .ecp256()
                .buildSelfSigned());
        Await.until("a warning", () -> said("ended at"));
    }

    @Test
    void filesThatCannotBeUsedAreNamedWithWhatToDo() throws Exception {
        X509Bundle bundle = write("files");
        assertThat(CertifiedKey.read(certificate, key).chain()).containsExactly(bundle.getCertificate());
        assertThat(CertifiedKey.read(certificate, key).toString()).contains("CN=files");
        assertRefused(folder.resolve("none.pem"), key, "none.pem does not exist");
        assertRefused(folder, key, "is a folder");
        assertRefused(key, key, "no certificate");
        assertRefused(certificate, certificate, "holds no private key");
        Path old = folder.resolve("old.pem");
        Files.writeString(old, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assertRefused(certificate, old, "openssl pkcs8 -topk8 -nocrypt");
        Files.writeString(old, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertRefused(certificate, old, "no RSA, EC or Ed25519 key");
        Files.writeString(old, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertRefused(old, key, "no certificate");
        X509Bundle root = builder("root").rsa2048().buildSelfSigned();
        X509Bundle leaf = new CertificateBuilder()
                .subject("CN=leaf")
                .addSanDnsName("localhost")
                .rsa2048()
                .buildIssuedBy(root);
        Files.writeString(certificate, root.getCertificatePEM() + leaf.getCertificatePEM());
        Files.writeString(key, leaf.getPrivateKeyPEM());
        assertRefused(certificate, key, "does not begin with the key's own certificate");
        assertThatThrownBy(() -> start(Tls.of(certificate, key))).isInstanceOf(GatewayException.class);
    }

    private static void assertRefused(Path certificate, Path key, String part) {
        assertThatThrownBy(() -> CertifiedKey.read(certificate, key))
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining(part);
    }

    @Test
    void ed25519KeysServeToo() throws Exception {
        X509Bundle bundle = write(
                builder("ed").algorithm(CertificateBuilder.Algorithm.ed25519).buildSelfSigned());
        start(tls());
        assertThat(shownName(trusting(bundle))).isEqualTo("CN=ed");
    }

    @Test
    void requestsInFlightEndBeforeTheGatewayDoes() throws Exception {
        SSLContext trust = trusting(write("drain"));
        CompletableFuture<Void> go = new CompletableFuture<>();
        start(
                exchange -> {
                    go.join();
                    exchange.json("{}");
                },
                tls());
        try (HttpClient client = client(trust, HttpClient.Version.HTTP_2)) {
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                    HttpRequest.newBuilder(uri("/open/a")).build(), HttpResponse.BodyHandlers.ofString());
            Await.until("asked", () -> gateway.origin.requests() == 1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(gateway.gateway::close);
            go.complete(null);
            assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            closing.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void sniOfAnyNameIsMetWithTheOneCertificate() throws Exception {
        SSLContext trust = trusting(write("sni"));
        start(tls());
        try (SSLSocket socket = socket(trust)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("elsewhere.example")));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(socket.getSession().isValid()).isTrue();
        }
    }
}
