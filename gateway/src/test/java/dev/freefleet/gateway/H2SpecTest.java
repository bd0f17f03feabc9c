package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.OriginExchange;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The conformance suite of HTTP/2 (h2spec 2.2.0, its strict cases too), on the gateway over sockets. */
@Timeout(600)
@EnabledOnOs(value = OS.LINUX, architectures = "amd64") // what its binary runs on
class H2SpecTest {
    private static final int CASES = 146;

    /** Cases that do not pass, each with the sentence and the reference that docs/http2.md has for it. */
    private static final Map<String, String> LEFT = Map.of(
            "http2/5.1: half closed (remote): Sends a HEADERS frame",
            "Netty says PROTOCOL_ERROR, for pseudo-header fields in trailers (RFC 9113 section 8.1)",
            "http2/5.1: closed: Sends a HEADERS frame",
            "Netty says it of the stream alone: the frame may have been on its way (netty#9798, netty#12985)",
            "http2/5.1.1: Sends stream identifier that is numerically smaller than previous",
            "Netty takes it for a stream that was closed (netty#12985)");

    @TempDir
    Path folder;

    private static void answer(OriginExchange exchange) throws IOException {
        exchange.answer(200, "text/plain", "content ".repeat(64));
    }

    @Test
    void everyCasePassesOverPlainTcp() throws Exception {
        assertPasses(config -> config);
    }

    @Test
    void everyCasePassesOverTls() throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .rsa2048()
                .buildSelfSigned();
        Path certificate = Files.writeString(folder.resolve("cert.pem"), bundle.getCertificatePEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        assertPasses(
                config -> config.with(new GatewayConfig.Listener("127.0.0.1", 0, 10_000, Tls.of(certificate, key))),
                "-t",
                "-k");
    }

    private void assertPasses(UnaryOperator<GatewayConfig> change, String... more) throws Exception {
        Path report = folder.resolve("report.xml");
        Path output = folder.resolve("output");
        try (TestGateway fleet = TestGateway.start(H2SpecTest::answer, change)) {
            List<String> command = new ArrayList<>(List.of(
                    binary().toString(),
                    "-S",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    String.valueOf(fleet.address().getPort()),
                    "-P",
                    "/site/h2spec",
                    "-o",
                    "5",
                    "-j",
                    report.toString()));
            command.addAll(List.of(more));
            Process suite = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(suite.waitFor(8, TimeUnit.MINUTES)).as("h2spec ends").isTrue();
            } finally {
                suite.destroyForcibly();
            }
            assertThat(fleet.gauge("gateway.in.flight")).isZero();
        }
        Map<String, String> failed = new TreeMap<>();
        int cases = 0;
        NodeList all = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        for (int i = 0; i < all.getLength(); i++) {
            Element one = (Element) all.item(i);
            cases++;
            boolean bad = one.getElementsByTagName("failure").getLength() > 0
                    || one.getElementsByTagName("error").getLength() > 0
                    || one.getElementsByTagName("skipped").getLength() > 0;
            if (bad) {
                failed.put(
                        one.getAttribute("package") + ": " + one.getAttribute("classname"),
                        one.getTextContent().strip());
            }
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(failed.keySet()).as("%s%n%s", failed, said).isEqualTo(LEFT.keySet());
        assertThat(cases).as(said).isEqualTo(CASES);
    }

    /** The binary that a Maven plugin's jar carries. */
    private Path binary() throws Exception {
        Path archive = folder.resolve("h2spec.tar.gz");
        try (InputStream packed = H2SpecTest.class.getResourceAsStream("/h2spec/2.2.0/h2spec_linux_amd64.tar.gz")) {
            assertThat(packed).isNotNull();
            Files.copy(packed, archive, StandardCopyOption.REPLACE_EXISTING);
        }
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString())
                .directory(folder.toFile())
                .start();
        assertThat(tar.waitFor()).isZero();
        File binary = folder.resolve("h2spec").toFile();
        assertThat(binary.canExecute()).isTrue();
        return binary.toPath();
    }
}
