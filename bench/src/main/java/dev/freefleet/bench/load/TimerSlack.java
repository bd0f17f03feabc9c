package dev.freefleet.bench.load;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** By how much the kernel may let a thread sleep too long so as to wake several at once: 50 us if nobody says otherwise. */
final class TimerSlack {
    /** {@code PR_SET_TIMERSLACK} of {@code linux/prctl.h}. */
    private static final int SET_TIMERSLACK = 29;

    private TimerSlack() {}

    /** Takes it from the calling thread. */
    @SuppressWarnings("restricted") // native access is what it is for, and allowed on the command line
    static void none() {
        Linker linker = Linker.nativeLinker();
        MethodHandle prctl = linker.downcallHandle(
                linker.defaultLookup().find("prctl").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        try {
            int result = (int) prctl.invokeExact(SET_TIMERSLACK, 1L);
            if (result != 0) {
                throw new LoadException("the kernel keeps its timer slack: prctl returned " + result);
            }
        } catch (LoadException e) {
            throw e;
        } catch (Throwable e) {
            throw new LoadException("prctl cannot be called", e);
        }
    }
}
