package dev.freefleet.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Modules in workerd, the real runtime of Cloudflare Workers, on a free port of loopback. Commands one at a time. */
public final class Workerd implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile("\\{\"url\":\"(http://[^\"]+)\",\"pid\":(\\d+)}");

    private final Process harness;
    private final Writer commands;
    private final BufferedReader answers;
    private final Path log;
    private final URI url;
    private final long pid;

    private Workerd(Process harness, Path log) throws IOException {
        this.harness = harness;
        this.log = log;
        this.commands = harness.outputWriter(StandardCharsets.UTF_8);
        this.answers = harness.inputReader(StandardCharsets.UTF_8);
        this.url = URI.create("http://unknown");
        this.pid = 0;
    }

    private Workerd(Workerd begun, URI url, long pid) {
        this.harness = begun.harness;
        this.log = begun.log;
        this.commands = begun.commands;
        this.answers = begun.answers;
        this.url = url;
        this.pid = pid;
    }

    /**
     * Starts it.
     *
     * @param npm the folder with the pinned packages and {@code workerd.mjs}
     * @param installed where the packages are installed, by this where they are not
     * @param options what {@code workerd.mjs} reads, JSON on one line
     */
    public static Workerd start(Path npm, Path installed, String options) {
        NodePackages.install(npm, installed);
        try {
            Path log = Files.createTempFile(installed, "workerd", ".log");
            Process harness = new ProcessBuilder(node(installed), "--no-warnings", "workerd.mjs")
                    .directory(installed.toFile())
                    .redirectError(log.toFile())
                    .start();
            Workerd begun = new Workerd(harness, log);
            Matcher started = STARTED.matcher(begun.command(options));
            if (!started.matches()) {
                harness.destroyForcibly();
                throw new AssertionError("workerd does not start: " + Files.readString(log));
            }
            return new Workerd(begun, URI.create(started.group(1)), Long.parseLong(started.group(2)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The Node of the packages, or the system's where they hold none for this machine. */
    public static String node(Path installed) {
        String arm = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
        Path own = installed.resolve("node_modules/node-linux-" + arm + "/bin/node");
        return Files.isExecutable(own) ? own.toAbsolutePath().toString() : "node";
    }

    /** Where it listens, with a slash at the end. */
    public URI url() {
        return url;
    }

    /** The process of the runtime itself. */
    public long pid() {
        return pid;
    }

    /** What it wrote to its log. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Does this at once from outside: a line of JSON, answered by one. */
    public synchronized String command(String json) {
        try {
            commands.write(json);
            commands.write('\n');
            commands.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new AssertionError("workerd is gone: " + Files.readString(log));
            }
            return answer;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends the runtime at once, as a machine that fails does. */
    public void kill() {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        harness.destroyForcibly();
        waitForEnd();
    }

    @Override
    public void close() {
        try {
            commands.close(); // it ends with its input
        } catch (IOException gone) {
            // it has ended already
        }
        waitForEnd();
    }

    private void waitForEnd() {
        try {
            if (!harness.waitFor(20, TimeUnit.SECONDS)) {
                harness.destroyForcibly();
            }
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            Files.deleteIfExists(log);
        } catch (InterruptedException stopped) {
            harness.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException left) {
            // a log that stays in a folder of the build harms nobody
        }
    }
}
