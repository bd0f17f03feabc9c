package dev.freefleet.cli.backup;

import static java.util.Objects.requireNonNull;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command of this fleet as a process of its own, with as much memory as this one may have. Its configuration comes from the same
 * file and the same environment, so that no secret stands on its command line.
 */
final class OwnCommand {
    private static final long LOOK_MILLIS = 200;
    private static final long STOP_MILLIS = 500;
    /** What a process says last is what matters; so much of it is read. */
    private static final int READ_BYTES = 64 << 10;
    /** Flags of this process that are right for another one too; not those that open a port or a file. */
    private static final Pattern INHERITED = Pattern.compile("-Xm[nsx].*|-XX:[+-]Use.*|-XX:(Max|Reserved|Tiered|Trim).*"
            + "|--(enable-native-access|sun-misc-unsafe-memory-access|add-opens|add-exports)=.*|-Dfleet\\.home=.*");

    private final Surroundings surroundings;
    private final List<String> words;

    /** @param words the command line, program first */
    OwnCommand(Surroundings surroundings, List<String> words) {
        this.surroundings = surroundings;
        this.words = List.copyOf(words);
    }

    /** @param arguments as behind {@code ./fleet} */
    static OwnCommand fleet(Surroundings surroundings, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(backupFlags()); // what the owner says of memory comes behind, and counts
        words.addAll(Learnt.flags(surroundings.home()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> INHERITED.matcher(flag).matches())
                .forEach(words::add);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.freefleet.cli.Main"));
        words.addAll(arguments);
        return new OwnCommand(surroundings, words);
    }

    /** As the launcher {@code fleet} starts backups; the file says why. */
    static List<String> backupFlags() {
        try (InputStream file = OwnCommand.class.getResourceAsStream("jvm.flags")) {
            return new String(requireNonNull(file, "jvm.flags").readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith("-"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * How it ended.
     *
     * @param lines what it printed last, results and messages as they came
     */
    record Ended(int code, List<String> lines) {}

    /**
     * Runs it to its end.
     *
     * @param output the file that takes what it prints
     * @param limit after which it is ended
     * @param stopping whether it is to be ended now; looked at often
     * @throws CommandException if it was ended because it took too long
     * @throws InterruptedException if it was ended because of {@code stopping} or an interruption
     */
    Ended run(Path output, Duration limit, BooleanSupplier stopping) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(surroundings.workingDirectory().toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(surroundings.environment());
        Process process = builder.start();
        try {
            long end = System.nanoTime() + limit.toNanos();
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (stopping.getAsBoolean()) {
                    throw new InterruptedException("stopped");
                }
                if (System.nanoTime() - end > 0) {
                    throw new CommandException("It took longer than " + limit.toSeconds()
                            + " s (backup.time-limit) and was ended; what it had stored is used by the next run.");
                }
            }
            return new Ended(process.exitValue(), lines(output));
        } finally {
            end(process);
        }
    }

    /** With what it started. Every command may be killed at any moment, so that a moment's patience is enough. */
    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .filter(ProcessHandle::isAlive)
                .toList();
        all.forEach(ProcessHandle::destroy);
        boolean interrupted = false;
        long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        while (!interrupted && all.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - patience < 0) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        all.forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> lines(Path output) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
            byte[] last = new byte[(int) Math.min(file.length(), READ_BYTES)];
            file.seek(file.length() - last.length);
            file.readFully(last);
            return new String(last, StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }
}
