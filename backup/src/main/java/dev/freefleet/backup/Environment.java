package dev.freefleet.backup;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * What a repository needs of the world besides its store.
 *
 * @param clock tells when a snapshot was made
 * @param nanoTime tells how long something took, in nanoseconds
 * @param random source of keys, salts and ids
 * @param host name under which this machine's snapshots stand
 */
public record Environment(Clock clock, LongSupplier nanoTime, SecureRandom random, String host) {
    public Environment {
        requireNonNull(clock, "clock");
        requireNonNull(nanoTime, "nanoTime");
        requireNonNull(random, "random");
        requireNonNull(host, "host");
    }

    /** Returns this machine's. */
    public static Environment system() {
        return new Environment(Clock.systemUTC(), System::nanoTime, new SecureRandom(), hostName());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
