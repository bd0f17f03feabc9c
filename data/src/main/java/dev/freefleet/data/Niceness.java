package dev.freefleet.data;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a thread takes of a core that others want, too (nice(2)). On a machine of one or two cores a request would wait for
 * milliseconds of bookkeeping; {@link Thread#setPriority} does nothing on Linux unless the whole JVM is started for it.
 */
final class Niceness {
    private static final Logger LOG = LoggerFactory.getLogger(Niceness.class);

    /** More than before: a third of a request's weight: it gives way, and still gets what it needs while requests take all the rest. */
    private static final int NICER = 5;

    private static final @Nullable MethodHandle NICE = nice();

    private Niceness() {}

    /** Has the calling thread give way to the others of its process, for good, each time that it is called; where the system is no Linux, nothing changes. */
    static void giveWay() {
        if (NICE == null) {
            return;
        }
        try {
            // Of the calling thread on Linux, by POSIX of its process.
            int niceness = (int) NICE.invokeExact(NICER);
            LOG.debug("{} has a niceness of {}", Thread.currentThread().getName(), niceness);
        } catch (Throwable e) {
            LOG.debug("{} keeps its priority", Thread.currentThread().getName(), e);
        }
    }

    @SuppressWarnings("restricted") // the fleet's JVM may call native code
    private static @Nullable MethodHandle nice() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return null;
        }
        try {
            Linker linker = Linker.nativeLinker();
            var function = linker.defaultLookup().find("nice").orElse(null);
            return function == null ? null : linker.downcallHandle(function, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("Threads keep their priority", e);
            return null;
        }
    }
}
