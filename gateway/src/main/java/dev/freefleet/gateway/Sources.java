package dev.freefleet.gateway;

import java.security.SecureRandom;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Where the gateway's time and randomness come from.
 *
 * @param millis the wall clock, epoch milliseconds
 * @param nanos a clock that does not run backwards; only differences mean something
 * @param random makes a generator of 64 random bits for one thread; request ids are made of them
 */
public record Sources(LongSupplier millis, LongSupplier nanos, Supplier<LongSupplier> random) {
    public Sources {
        Objects.requireNonNull(millis, "millis");
        Objects.requireNonNull(nanos, "nanos");
        Objects.requireNonNull(random, "random");
    }

    /** The machine's own. */
    public static Sources system() {
        return new Sources(System::currentTimeMillis, System::nanoTime, () -> {
            SplittableRandom bits = new SplittableRandom(new SecureRandom().nextLong());
            return bits::nextLong;
        });
    }
}
