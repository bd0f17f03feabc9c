package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Workerd;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.teavm.backend.javascript.JSModuleType;
import org.teavm.diagnostics.Problem;
import org.teavm.tooling.TeaVMTargetType;
import org.teavm.tooling.TeaVMTool;

/** The core must run where there is no JVM: this compiles it to JavaScript and compares every step with the JVM's. */
class TeaVmTest {
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void theSameVectorsGiveTheSameStepsInJavaScript(@TempDir Path folder) throws Exception {
        String vectors = vectors();
        String onJvm = Transcript.run(vectors, Policies.standard());
        assertThat(onJvm).isEqualTo(vectors);

        assertThat(compile("dev.freefleet.edge.TranscriptProbe", folder)).isEmpty();
        Files.writeString(folder.resolve("vectors.txt"), vectors);
        Files.writeString(folder.resolve("run.mjs"), """
                import { main } from './probe.mjs';
                import { readFileSync } from 'node:fs';
                main([readFileSync('vectors.txt', 'utf8')]);
                """);
        assertThat(node(folder).stripTrailing()).isEqualTo(onJvm.stripTrailing());
        assertThat(workerd(folder, vectors).stripTrailing()).isEqualTo(onJvm.stripTrailing());
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void whatTeaVmDoesNotHaveIsFound(@TempDir Path folder) throws Exception {
        assertThat(compile("dev.freefleet.edge.TeaVmTest$Forbidden", folder)).isNotEmpty();
    }

    /** What the core must never use. */
    static final class Forbidden {
        private Forbidden() {}

        public static void main(String[] args) {
            Thread.onSpinWait();
        }
    }

    private static String vectors() throws IOException {
        try (InputStream file = TeaVmTest.class.getResourceAsStream("/vectors/exchanges.txt")) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Compiles a main class to probe.mjs; what TeaVM has to say against it. */
    private static List<String> compile(String main, Path folder) throws Exception {
        TeaVMTool tool = new TeaVMTool();
        tool.setTargetType(TeaVMTargetType.JAVASCRIPT);
        tool.setJsModuleType(JSModuleType.ES2015);
        tool.setMainClass(main);
        tool.setTargetDirectory(folder.toFile());
        tool.setTargetFileName("probe.mjs");
        tool.setObfuscated(false);
        tool.setClassLoader(TeaVmTest.class.getClassLoader());
        tool.generate();
        List<String> problems = new ArrayList<>();
        for (Problem problem : tool.getProblemProvider().getSevereProblems()) {
            StringBuilder text = new StringBuilder(problem.getText());
            for (Object parameter : problem.getParams()) {
                text.append(' ').append(parameter);
            }
            problems.add(text.append(" in ")
                    .append(problem.getLocation().getMethod())
                    .toString());
        }
        return problems;
    }

    /** The same in the runtime of Cloudflare Workers. */
    private static String workerd(Path folder, String vectors) throws Exception {
        Path npm = Path.of("..", "edge-worker", "npm");
        Path installed = Path.of("..", "edge-worker", "target", "npm");
        String entry = "import { main } from './probe.mjs'\\n"
                + "export default { async fetch(request) {\\n"
                + "  const lines = []\\n"
                + "  globalThis.console = { ...console, log: line => lines.push(line), info: line => lines.push(line) }\\n"
                + "  main([await request.text()])\\n"
                + "  await new Promise(resolve => setTimeout(resolve, 0))\\n"
                + "  return new Response(lines.join('\\\\n'), { headers: { runtime: navigator.userAgent } })\\n"
                + "} }";
        String options = "{\"modules\":{\"index.js\":{\"contents\":\"" + entry + "\"},\"probe.mjs\":\""
                + folder.resolve("probe.mjs") + "\"}}";
        try (Workerd workerd = Workerd.start(npm, installed, options);
                HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(workerd.url())
                    .POST(HttpRequest.BodyPublishers.ofString(vectors))
                    .build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.headers().firstValue("runtime")).contains("Cloudflare-Workers");
            return answer.body();
        }
    }

    private static String node(Path folder) throws Exception {
        Path out = folder.resolve("out.txt");
        Process node = new ProcessBuilder("node", "run.mjs")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(node.waitFor(60, TimeUnit.SECONDS)).as("node ends").isTrue();
        String text = Files.readString(out);
        assertThat(node.exitValue()).as(text).isZero();
        return text;
    }
}
