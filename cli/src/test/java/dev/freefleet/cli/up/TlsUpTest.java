package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.FleetProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole fleet behind a certificate of its own. */
@Timeout(300)
class TlsUpTest {
    @TempDir
    Path home;

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void aSelfSignedFleetIsAskedByThePastedLineAndByStatus() throws Exception {
        Files.writeString(
                home.resolve("README.md"), "# SOLO Free Fleet\n\nSOLO Free Fleet is everything around a Brain.\n");
        Files.writeString(home.resolve("fleet.yaml"), "tls: {self-signed: true, hsts: 1d}\n");
        try (FleetProcess fleet = FleetProcess.up(home, home.resolve("data")).awaitReady()) {
            assertThat(fleet.gateway().getScheme()).isEqualTo("https");
            assertThat(fleet.out()).contains("ready: gateway " + fleet.gateway() + " admin " + fleet.admin());
            String curl = fleet.out().stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith("curl "))
                    .findFirst()
                    .orElseThrow();
            assertThat(curl).contains("--cacert " + home.resolve("data/tls/cert.pem"));
            assertThat(said("sh", "-c", curl)).contains("everything around a Brain");
            assertThat(said(
                            "sh",
                            "-c",
                            "curl -si --cacert " + home.resolve("data/tls/cert.pem") + " " + fleet.gateway()
                                    + "/health/live"))
                    .containsIgnoringCase("strict-transport-security: max-age=86400");
            assertThat(new CommandLineTool(home)
                            .run("status", "--data", home.resolve("data").toString())
                            .out())
                    .startsWith("up: gateway " + fleet.gateway());
            assertThat(fleet.terminate()).isZero();
        }
    }
}
