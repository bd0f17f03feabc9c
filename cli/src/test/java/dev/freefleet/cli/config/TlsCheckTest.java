package dev.freefleet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.SelfSigned;
import dev.freefleet.gateway.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsCheckTest {
    @TempDir
    Path folder;

    private Path certificate = Path.of("cert.pem");
    private Path key = Path.of("key.pem");

    @BeforeEach
    void make() {
        Path data = folder.resolve("made");
        try (DataDirectory directory = DataDirectory.open(data)) {
            SelfSigned.require(directory, "fleet.example", Clock.systemUTC());
        }
        certificate = SelfSigned.certificate(data);
        key = SelfSigned.key(data);
    }

    private Loading yaml(String... lines) {
        return new Loading(folder).yaml(lines);
    }

    @Test
    void filesThatFitAreTaken() {
        Tls taken = new Tls(certificate, key, Duration.ofSeconds(10), 1_000, Duration.ofSeconds(5));
        assertThat(yaml("tls: {cert: " + certificate + ", key: " + key + "}")
                        .config()
                        .gateway()
                        .listener()
                        .tls())
                .isEqualTo(taken);
    }

    @Test
    void whatIsMissingUnreadableOrDoesNotFitIsToldWithWhatToDo() throws Exception {
        Path other = folder.resolve("other");
        try (DataDirectory directory = DataDirectory.open(other)) {
            SelfSigned.require(directory, "fleet.example", Clock.systemUTC());
        }
        assertThat(yaml("tls:", "  cert: gone.pem", "  key: " + key).problems())
                .containsExactly("fleet.yaml:2: tls.cert: " + folder.resolve("gone.pem")
                        + " does not exist; write the path of a PEM file");
        assertThat(yaml("tls:", "  cert: " + certificate, "  key: gone.pem").problems())
                .containsExactly("fleet.yaml:3: tls.key: " + folder.resolve("gone.pem")
                        + " does not exist; write the path of a PEM file");
        assertThat(yaml("tls:", "  cert: " + certificate, "  key: " + SelfSigned.key(other))
                        .problems())
                .containsExactly("fleet.yaml:3: tls.key: " + SelfSigned.key(other)
                        + " is not the key of the first certificate in " + certificate
                        + "; name the two that were made together");
        Files.writeString(folder.resolve("text.pem"), "hello");
        assertThat(yaml("tls: {cert: text.pem, key: " + key + "}").problems())
                .singleElement()
                .asString()
                .contains("text.pem holds");
    }

    @Test
    void oneWithoutTheOtherIsAProblem() {
        assertThat(yaml("tls: {cert: " + certificate + "}").problems())
                .containsExactly("fleet.yaml:1: tls.cert: wants its private key too; name its file in tls.key");
        assertThat(yaml("tls: {key: " + key + "}").problems())
                .containsExactly("fleet.yaml:1: tls.key: wants its certificate too; name its file in tls.cert");
        assertThat(yaml("tls: {self-signed: true, cert: " + certificate + "}").problems())
                .singleElement()
                .asString()
                .startsWith("fleet.yaml:1: tls.self-signed: ");
    }

    @Test
    void whatIsForTlsWantsTls() {
        assertThat(yaml("tls: {hsts: 365d}").problems())
                .containsExactly("fleet.yaml:1: tls.hsts: is for TLS, which is off; name tls.cert and tls.key, or set"
                        + " tls.self-signed");
        assertThat(yaml("tls: {hsts: 365d}", "trusted-proxies: [127.0.0.1]")
                        .config()
                        .policy()
                        .hstsSeconds())
                .isEqualTo(31_536_000);
    }
}
