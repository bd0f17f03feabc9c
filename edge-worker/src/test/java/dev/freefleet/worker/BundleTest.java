package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.NodePackages;
import dev.freefleet.testkit.Workerd;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Worker's modules as they are deployed. */
class BundleTest {
    /** The platform takes 3 MB; what is small starts fast. */
    private static final int MAX_GZIPPED = 150_000;

    @Test
    void itIsSmall() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (String module : List.of("index.js", "edge.js")) {
                gzip.write(Files.readAllBytes(WorkerUnderTest.MODULES.resolve(module)));
            }
        }
        System.out.println("the Worker's modules, gzipped: " + bytes.size() + " bytes");
        assertThat(bytes.size()).isBetween(10_000, MAX_GZIPPED);
    }

    @Test
    void wranglerTakesItForDeployment(@TempDir Path folder) throws Exception {
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
        Files.writeString(folder.resolve("wrangler.jsonc"), """
                {
                  "name": "fleet-edge",
                  "main": "index.js",
                  "compatibility_date": "2026-11-01",
                  "compatibility_flags": ["enable_request_signal"],
                  "send_metrics": false,
                  "kv_namespaces": [{ "binding": "FLEET_KV", "id": "0123456789abcdef0123456789abcdef" }],
                  "ratelimits": [
                    { "name": "KEY_LIMIT", "namespace_id": "1001", "simple": { "limit": 600, "period": 60 } },
                    { "name": "ADDRESS_LIMIT", "namespace_id": "1002", "simple": { "limit": 600, "period": 60 } }
                  ]
                }
                """);
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
    }
}
