package dev.freefleet.data;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a thread takes of a core that others want, too (setpriority(2)). On a machine of one or two cores a request would wait for
 * milliseconds of bookkeeping; {@link Thread#setPriority} does nothing on Linux unless the whole JVM is started for it.
 */
final class Niceness {
    private static final Logger LOG = LoggerFactory.getLogger(Niceness.class);

    /** A third of a request's weight: it gives way, and still gets what it needs while requests take all the rest. */
    private static final int NICE = 5;

    private static final int PRIO_PROCESS = 0;

    private Niceness() {}

    /** Has the calling thread give way to others of normal priority, for good; where the system is no Linux, nothing changes. */
    @SuppressWarnings("restricted") // the fleet's JVM may call native code; where one may not, it is said once and left
    static void giveWay() {
        if (!System.getProperty("os.name").equals("Linux")) { // where 0 would mean the whole process
            return;
        }
        try {
            Linker linker = Linker.nativeLinker();
            Optional<MemorySegment> function = linker.defaultLookup().find("setpriority");
            if (function.isPresent()) {
                MethodHandle setpriority = linker.downcallHandle(
                        function.get(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT));
                int failed = (int) setpriority.invokeExact(PRIO_PROCESS, 0, NICE);
                LOG.debug("setpriority: {}", failed);
            }
        } catch (Throwable e) {
            LOG.debug("This thread keeps its priority", e);
        }
    }
}
