package dev.freefleet.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Coverage-guided fuzzing (Jazzer) of one target in a JVM of its own. {@code -Dfuzz.seconds=N} says for how long; the
 * default is 60. It starts from the same seed each time, so that a run of the tests says something of the change and
 * nothing of luck; {@code -Dfuzz.seed=N} takes another, 0 any. What was found stays in {@code target/fuzz}, and a later
 * run begins there. The tests' class path must hold Jazzer and the target, a class with {@code public static void fuzzerTestOneInput(byte[])}.
 */
public final class Fuzzer {
    /** For how long a target is fuzzed. */
    public static final int SECONDS = Integer.getInteger("fuzz.seconds", 60);

    private static final int SEED = Integer.getInteger("fuzz.seed", 1);
    private static final long PATIENCE_SECONDS = 240;
    private static final String DONE = "Done ";

    private final Process process;
    private final Path log;
    private final int seconds;
    private final int seeds;

    /**
     * How it went.
     *
     * @param exit 0 where no input broke a property
     * @param runs how many inputs were tried; 0 where it did not end in time
     * @param output what it printed
     */
    public record Outcome(int exit, long runs, String output) {}

    private Fuzzer(Process process, Path log, int seconds, int seeds) {
        this.process = process;
        this.log = log;
        this.seconds = seconds;
        this.seeds = seeds;
    }

    /**
     * Starts to fuzz a target, beside others.
     *
     * @param instrumented the classes whose branches guide it, such as those of a package and below
     */
    public static Fuzzer start(Class<?> target, String instrumented, List<byte[]> seeds) throws IOException {
        Path corpus = Files.createDirectories(Path.of("target", "fuzz", target.getSimpleName()));
        return start(target, instrumented, seeds, corpus, SECONDS);
    }

    /** The same with a corpus and a time of its own. */
    public static Fuzzer start(Class<?> target, String instrumented, List<byte[]> seeds, Path corpus, int seconds)
            throws IOException {
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed-" + i), seeds.get(i));
        }
        Path log = Files.createTempFile("fuzz", ".log");
        Process process = new ProcessBuilder(
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
                        "--instrumentation_includes=" + instrumented,
                        "--custom_hook_includes=" + instrumented,
                        "--reproducer_path=" + corpus.toAbsolutePath(),
                        "-artifact_prefix=" + corpus.toAbsolutePath() + "/",
                        "-seed=" + SEED,
                        "-max_total_time=" + seconds,
                        corpus.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Fuzzer(process, log, seconds, seeds.size());
    }

    /** Waits for its end. */
    public Outcome await() throws IOException, InterruptedException {
        try {
            boolean ended = process.waitFor(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS);
            String output = Files.readString(log, StandardCharsets.ISO_8859_1);
            return ended ? new Outcome(process.exitValue(), runs(output), output) : new Outcome(-1, 0, output);
        } finally {
            process.destroyForcibly();
            Files.delete(log);
        }
    }

    /**
     * Waits for its end.
     *
     * @throws AssertionError with what it printed, if an input broke a property or none was tried
     */
    public void assertHolds() throws IOException, InterruptedException {
        Outcome outcome = await();
        if (outcome.exit() != 0 || outcome.runs() <= seeds) {
            throw new AssertionError(outcome.runs() + " runs, exit code " + outcome.exit() + "\n" + outcome.output());
        }
    }

    /** "Done 123 runs in 60 second(s)". */
    private static long runs(String output) {
        int at = output.lastIndexOf(DONE);
        int end = at < 0 ? -1 : output.indexOf(" runs", at);
        return end < 0 ? 0 : Long.parseLong(output.substring(at + DONE.length(), end));
    }
}
