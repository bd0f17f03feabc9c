package dev.freefleet.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The CPU time that another process of this machine has used so far, user and system, in nanoseconds. */
public final class CpuTime {
    @SuppressWarnings("restricted") // the tests' JVMs may call native code
    private static final MethodHandle CLOCK_GETTIME = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("clock_gettime").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private CpuTime() {}

    /**
     * Of all its threads: its CPU-time clock (clock_getcpuclockid(3)), whose steps are finer than those of
     * {@code /proc/PID/stat}, a hundredth of a second.
     */
    public static long ofProcess(long pid) {
        int clock = (int) (~pid << 3 | 2); // how Linux numbers the clock of a process: all its time, as scheduled
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            int failed = (int) CLOCK_GETTIME.invokeExact(clock, time);
            if (failed != 0) {
                throw new IllegalStateException("process " + pid + " has no clock; it has ended");
            }
            return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, 8);
        } catch (Throwable impossible) {
            throw new IllegalStateException("clock_gettime", impossible);
        }
    }

    /** Of its first thread alone; exact while that waits. */
    public static long ofMainThread(long pid) {
        try {
            return ofThread(Path.of("/proc/" + pid + "/task/" + pid));
        } catch (IOException gone) {
            throw new UncheckedIOException("process " + pid + " has no times; it has ended", gone);
        }
    }

    /** Of those of its threads that have such a name, as Linux cuts it at 15 characters; exact while they wait. */
    public static long ofThreads(long pid, Pattern name) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            long nanos = 0;
            for (Path thread : threads.toList()) {
                nanos += name.matcher(Files.readString(thread.resolve("comm")).strip())
                                .matches()
                        ? ofThread(thread)
                        : 0;
            }
            return nanos;
        } catch (IOException gone) {
            throw new UncheckedIOException(
                    "process " + pid + " has no such times; a thread or all of it has ended", gone);
        }
    }

    private static long ofThread(Path thread) throws IOException {
        String times = Files.readString(thread.resolve("schedstat"));
        return Long.parseLong(times.substring(0, times.indexOf(' ')));
    }
}
