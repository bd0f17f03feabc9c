package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A Redis that wants TLS and a password: it is used only if it proves who it is, and no secret is said. */
class RedisTlsTest {
    private static final String PASSWORD = "s3cret-of-redis";

    @TempDir
    Path folder;

    private final Logger log = (Logger) LoggerFactory.getLogger(RedisLink.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void close() {
        log.detachAppender(logged);
    }

    private static X509Bundle issuer(String name) throws Exception {
        return new CertificateBuilder()
                .subject(name)
                .ecp256()
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private Path file(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text);
    }

    private RedisServer serve(X509Bundle issuer, String host, int port) throws Exception {
        X509Bundle own = new CertificateBuilder()
                .subject("CN=" + host)
                .ecp256()
                .addSanDnsName(host)
                .buildIssuedBy(issuer);
        return RedisServer.start(
                "--port",
                "0",
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                file("cert.pem", own.getCertificatePEM()).toString(),
                "--tls-key-file",
                file("key.pem", own.getPrivateKeyPEM()).toString(),
                "--tls-ca-cert-file",
                file("issuer.pem", issuer.getCertificatePEM()).toString(),
                "--tls-auth-clients",
                "no",
                "--requirepass",
                PASSWORD);
    }

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static SharedState state(int port, Path ca, @Nullable String password, SimpleMeterRegistry registry) {
        RedisConfig config = new RedisConfig(
                URI.create("rediss://localhost:" + port),
                null,
                password,
                ca,
                Duration.ofSeconds(10),
                Duration.ofDays(1),
                1 << 20);
        return SharedState.start(config, new MemoryStore(1 << 20), null, registry);
    }

    private static double up(SimpleMeterRegistry registry) {
        return registry.get("gateway.redis.up").gauge().value();
    }

    @Test
    void oneThatProvesWhoItIsIsUsed() throws Exception {
        X509Bundle issuer = issuer("CN=our issuer");
        int port = freePort();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (RedisServer redis = serve(issuer, "localhost", port);
                SharedState state = state(port, file("ca.pem", issuer.getCertificatePEM()), PASSWORD, registry)) {
            assertThat(redis.url()).isNotNull();
            assertThat(up(registry)).isEqualTo(1);
            state.store().put("query:k", AnswerStoreContract.answer("k", "en"));
            Await.until(
                    "it is stored",
                    () -> AnswerStoreContract.found(state.answers(), "query:k").size() == 1);
        }
        assertThat(logged.list).isEmpty();
    }

    @Test
    void anotherIssuersOrAnotherNamesIsNot() throws Exception {
        X509Bundle issuer = issuer("CN=our issuer");
        Path strangers = file("strangers.pem", issuer("CN=a stranger").getCertificatePEM());
        refused(issuer, "localhost", strangers, PASSWORD);
        Path ours = file("ca.pem", issuer.getCertificatePEM());
        refused(issuer, "redis.example", ours, PASSWORD);
        refused(issuer, "localhost", ours, "wr0ng-password");
        refused(issuer, "localhost", ours, null);
    }

    private void refused(X509Bundle issuer, String name, Path ca, @Nullable String password) throws Exception {
        logged.list.clear();
        int port = freePort();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (RedisServer redis = serve(issuer, name, port);
                SharedState state = state(port, ca, password, registry)) {
            assertThat(redis.url()).isNotNull();
            assertThat(state.flights()).isNotNull();
            Await.until("it is not used", () -> up(registry) == 0 && !logged.list.isEmpty());
        }
        assertThat(logged.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .contains("Redis at localhost:" + port + " does not answer")
                        .doesNotContain(PASSWORD)
                        .doesNotContain("wr0ng"));
    }

    @Test
    void certificatesThatCannotBeReadAreToldAtOnce() throws Exception {
        Path empty = file("empty.pem", "");
        assertThatExceptionOfType(GatewayException.class)
                .isThrownBy(() -> state(1, empty, null, new SimpleMeterRegistry()))
                .withMessageContaining("empty.pem cannot be read");
    }
}
