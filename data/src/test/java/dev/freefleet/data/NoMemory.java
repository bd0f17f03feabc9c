package dev.freefleet.data;

import java.util.concurrent.locks.LockSupport;

/** Takes all memory of the heap away, in a process that is there for nothing else. */
final class NoMemory {
    private static Object held = "";

    private NoMemory() {}

    /** Tells whether a step fails for want of memory. */
    static boolean fails(Runnable step) {
        take();
        try {
            step.run();
            return false;
        } catch (OutOfMemoryError e) {
            return true;
        } finally {
            held = "";
        }
    }

    /** Keeps all threads without memory for a while. */
    static void during(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() - until < 0) {
            take(); // again, for others may have let go of some
            LockSupport.parkNanos(1_000_000);
        }
        held = "";
    }

    private static void take() {
        for (int bytes = 1 << 20; bytes > 0; bytes /= 4) {
            hold(bytes);
        }
        hold(0);
    }

    private static void hold(int bytes) {
        try {
            while (true) {
                held = bytes == 0 ? new Object[] {held} : new Object[] {held, new byte[bytes]};
            }
        } catch (OutOfMemoryError e) {
            // There is none of that size.
        }
    }
}
