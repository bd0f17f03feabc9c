package dev.freefleet.cli.datadir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.gateway.CertifiedKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfSignedTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    Path folder;

    private X509Certificate require(String host, Instant now) {
        try (DataDirectory directory = DataDirectory.open(folder)) {
            SelfSigned.require(directory, host, Clock.fixed(now, ZoneOffset.UTC));
        }
        return CertifiedKey.read(SelfSigned.certificate(folder), SelfSigned.key(folder))
                .chain()
                .getFirst();
    }

    private static List<String> names(X509Certificate certificate) throws Exception {
        return certificate.getSubjectAlternativeNames().stream()
                .map(name -> String.valueOf(name.get(1)))
                .toList();
    }

    @Test
    void namesThisMachineAndTheHostAndIsTheOwnersAlone() throws Exception {
        X509Certificate made = require("fleet.example", NOW);
        assertThat(names(made)).containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "fleet.example");
        made.verify(made.getPublicKey());
        assertThat(made.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        for (Path file : List.of(SelfSigned.certificate(folder), SelfSigned.key(folder))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void isMadeOnceAndAgainWhereItIsOfNoMoreUse() throws Exception {
        X509Certificate first = require("::1", NOW);
        assertThat(names(first)).hasSize(3);
        assertThat(require("127.0.0.1", NOW.plus(Duration.ofDays(300)))).isEqualTo(first);
        assertThat(require("0.0.0.0", NOW)).isEqualTo(first);

        X509Certificate named = require("192.0.2.7", NOW);
        assertThat(named).isNotEqualTo(first);
        assertThat(names(named)).contains("192.0.2.7");

        X509Certificate renewed = require("192.0.2.7", NOW.plus(Duration.ofDays(350)));
        assertThat(renewed).isNotEqualTo(named);

        Files.writeString(SelfSigned.certificate(folder), "damaged");
        assertThat(require("192.0.2.7", NOW)).isNotEqualTo(renewed);
        Files.delete(SelfSigned.key(folder));
        assertThat(require("192.0.2.7", NOW)).isNotNull();
    }
}
