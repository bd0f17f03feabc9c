package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Coverage-guided fuzzing (Jazzer) of what strangers send, each target in a JVM of its own. {@code -Dfuzz.seconds=N} says
 * for how long each runs; the default is 20. What was found stays in {@code target/fuzz}, and a later run begins there.
 */
class FuzzTest {
    private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in");
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 20);

    private record Run(int exit, String output) {}

    @Test
    void targets() throws Exception {
        assertHolds(TargetFuzz.class, List.of("/a/%2e%2e/b?q=%41", "http://a.example/x?y", "/%c3%a9//", "*"));
    }

    @Test
    void json() throws Exception {
        assertHolds(
                JsonFuzz.class,
                List.of(
                        "{\"query\":\"a\\u00e9\",\"limit\":-1.50e+2}",
                        "{\"sources\":[{\"id\":\"x\"}]}",
                        "[true,null]"));
    }

    @Test
    void keys() throws Exception {
        String key = TestShell.key(7, 9);
        assertHolds(KeyFuzz.class, List.of(key, key.substring(KeyFormat.PREFIX.length()), "sff_"));
    }

    @Test
    void theFuzzerFindsAFault(@TempDir Path corpus) throws Exception {
        Run run = fuzz(FaultyFuzz.class, corpus, 60);

        assertThat(run.exit).as(run.output).isNotZero();
        assertThat(run.output).contains("the planted fault");
    }

    private static void assertHolds(Class<?> target, List<String> seeds) throws Exception {
        Path corpus = Files.createDirectories(Path.of("target", "fuzz", target.getSimpleName()));
        for (int i = 0; i < seeds.size(); i++) {
            Files.writeString(corpus.resolve("seed-" + i), seeds.get(i), StandardCharsets.ISO_8859_1);
        }
        Run run = fuzz(target, corpus, SECONDS);

        assertThat(run.exit).as(run.output).isZero();
        Matcher done = DONE.matcher(run.output);
        assertThat(done.find()).as(run.output).isTrue();
        assertThat(Long.parseLong(done.group(1))).isGreaterThan(seeds.size());
    }

    private static Run fuzz(Class<?> target, Path corpus, int seconds) throws IOException, InterruptedException {
        Path log = Files.createTempFile("fuzz", ".log");
        Process fuzzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=dev.freefleet.edge.**",
                        "--custom_hook_includes=dev.freefleet.edge.**",
                        "--reproducer_path=" + corpus.toAbsolutePath(),
                        "-artifact_prefix=" + corpus.toAbsolutePath() + "/",
                        "-max_total_time=" + seconds,
                        corpus.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(fuzzer.waitFor(seconds + 120L, TimeUnit.SECONDS)).isTrue();
            return new Run(fuzzer.exitValue(), Files.readString(log, StandardCharsets.ISO_8859_1));
        } finally {
            fuzzer.destroyForcibly();
            Files.delete(log);
        }
    }
}
