package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who pretends to be the database gets neither the password nor a question: a real server with TLS and issuers of its own. */
@Timeout(180)
class PostgresTlsTest {
    @TempDir
    private static Path folder;

    private static EmbeddedPostgres server;
    private static TestAuthority right;
    private static TestAuthority wrong;

    @BeforeAll
    static void start() throws Exception {
        right = new TestAuthority(folder, "right");
        wrong = new TestAuthority(folder, "wrong");
        Path directory = folder.resolve("postgres");
        server = EmbeddedPostgres.start(
                (DataConfig.Embedded) DataConfig.embedded(directory).database());
        right.issue(directory.resolve("cluster"), "ip:127.0.0.1");
        TestServer.execute(
                server.superuser("postgres"),
                "create role fleet login password 'a password'",
                "create database fleet owner fleet",
                "alter system set ssl = on",
                "select pg_reload_conf()");
        Eventually.eventually(
                "it offers TLS",
                () -> TestServer.strings(server.superuser("postgres"), "show ssl")
                        .contains("on"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static DataConfig.External at(String host, String parameters) {
        return new DataConfig.External(
                "jdbc:postgresql://" + host + ":" + server.port() + "/fleet" + parameters, "fleet", "a password");
    }

    private static String verifyFull(TestAuthority issuer) {
        return "?sslmode=verify-full&sslrootcert=" + issuer.certificate();
    }

    private static void refused(DataConfig.External database, String why) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataPlane.open(DataConfig.of(database), Clock.systemUTC())
                        .close())
                .withMessageContaining("is not trusted: " + why)
                .withMessageContaining("sslrootcert=FILE")
                .matches(e -> e.kind() == DataException.Kind.UNUSABLE);
    }

    @Test
    void theRightIssuerPassesAndEveryConnectionIsEncrypted() {
        DataConfig.External database = at("127.0.0.1", verifyFull(right));
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), Clock.systemUTC());
                UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            plane.users().list();
            assertThat(ingest.offer(TestEvents.at(Instant.now()))).isTrue();
            Eventually.eventually("it is written", () -> ingest.written() == 1);
            assertThat(
                            TestServer.strings(
                                    server.superuser("postgres"),
                                    "select s.ssl::text from pg_stat_ssl s join pg_stat_activity a using (pid) where a.usename = 'fleet'"))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .containsOnly("true");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aWrongIssuerIsRefused() {
        refused(at("127.0.0.1", verifyFull(wrong)), "its certificate comes from no issuer that is known here");
    }

    @Test
    void anIssuerThatTheSystemDoesNotKnowIsRefusedWhereNoneIsNamed() {
        refused(at("127.0.0.1", "?sslmode=verify-full"), "its certificate comes from no issuer that is known here");
    }

    @Test
    void aCertificateForAnotherNameIsRefused() {
        refused(at("localhost", verifyFull(right)), "its certificate is for another name");
    }

    @Test
    void plainTextIsRefused() {
        DataConfig.External plain = TestServer.newDatabase();
        refused(
                new DataConfig.External(plain.url() + verifyFull(right), plain.user(), plain.password()),
                "it does not offer TLS");
    }

    @Test
    void aServerElsewhereIsVerifiedUnlessTheUrlSaysOtherwise() {
        String mode = "sslmode";
        assertThat(new Login("jdbc:postgresql://db.example/fleet", "u", "").properties())
                .containsEntry(mode, "verify-full")
                .containsKey("sslfactory");
        assertThat(new Login("jdbc:postgresql://127.0.0.1,db.example/fleet", "u", "").properties())
                .containsEntry(mode, "verify-full");
        assertThat(new Login("jdbc:postgresql://db.example/fleet?sslrootcert=/ca.pem", "u", "").properties())
                .containsEntry(mode, "verify-full")
                .doesNotContainKey("sslfactory");
        assertThat(new Login("jdbc:postgresql://db.example/fleet?sslmode=disable", "u", "").properties())
                .doesNotContainKey(mode);
        for (String here : new String[] {"127.0.0.1:5433", "localhost", "[::1]"}) {
            assertThat(new Login("jdbc:postgresql://" + here + "/fleet", "u", "").properties())
                    .doesNotContainKey(mode);
        }
    }
}
