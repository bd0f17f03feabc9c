package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.NodePackages;
import dev.freefleet.testkit.Workerd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is deployed: the Worker's modules as Wrangler bundles them by the configuration that deployments have. */
class BundleTest {
    /** The platform takes 3 MB; what is small starts fast. */
    private static final int MAX_GZIPPED = 150_000;

    private static final Path TEMPLATE = Path.of("..", "deploy", "cloudflare", "wrangler.jsonc");

    @Test
    void wranglerTakesItForDeploymentAndItIsSmall(@TempDir Path folder) throws Exception {
        NodePackages.install(WorkerUnderTest.NPM, WorkerUnderTest.INSTALLED);
        for (String module : List.of("index.js", "edge.js")) {
            Files.copy(
                    WorkerUnderTest.MODULES.resolve(module),
                    folder.resolve(module),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Files.writeString(
                folder.resolve("policy.json"),
                WorkerUnderTest.policy(
                        java.net.URI.create("https://brain.example"), java.net.URI.create("https://fleet.example")));
        Files.writeString(
                folder.resolve("wrangler.jsonc"),
                Files.readString(TEMPLATE)
                        .replace("${NAME}", "fleet-edge")
                        .replace("${ROUTES}", "{ \"pattern\": \"api.example.org\", \"custom_domain\": true }")
                        .replace("${KV_NAMESPACE}", "0123456789abcdef0123456789abcdef")
                        .replace("${KEY_LIMIT}", "600")
                        .replace("${ADDRESS_LIMIT}", "600"));
        Path modules = WorkerUnderTest.INSTALLED.resolve("node_modules").toAbsolutePath();
        Path out = folder.resolve("out.txt");
        ProcessBuilder builder = new ProcessBuilder(
                        Workerd.node(WorkerUnderTest.INSTALLED),
                        modules.resolve("wrangler/bin/wrangler.js").toString(),
                        "deploy",
                        "--dry-run",
                        "--outdir",
                        folder.resolve("bundle").toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("WRANGLER_SEND_METRICS", "false");
        builder.environment().put("CI", "1");
        builder.environment().put("HOME", folder.toString());
        Process wrangler = builder.start();
        assertThat(wrangler.waitFor(120, TimeUnit.SECONDS)).as("wrangler ends").isTrue();
        String said = Files.readString(out);
        assertThat(wrangler.exitValue()).as(said).isZero();
        assertThat(said).contains("env.FLEET_KV").contains("env.KEY_LIMIT").contains("--dry-run: exiting now");
        assertThat(said).doesNotContainIgnoringCase("warning");
        int size = gzipped(Files.readAllBytes(folder.resolve("bundle/index.js")));
        System.out.println("the Worker as it is deployed, gzipped: " + size + " bytes");
        assertThat(size).isBetween(10_000, MAX_GZIPPED);
    }

    private static int gzipped(byte[] module) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(module);
        }
        return bytes.size();
    }
}
