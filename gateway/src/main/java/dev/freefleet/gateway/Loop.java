package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.channel.EventLoop;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One event loop and what belongs to it alone: a digest, ids, the date, idle origin connections, time limits. */
final class Loop {
    /** Something whose time may run out. */
    interface Timed {
        /** Called a few times a second. */
        void checkTime(long nowNanos);
    }

    private static final Logger log = LoggerFactory.getLogger(Loop.class);
    private static final long TICK_MILLIS = 100;
    private static final long TOLD_EVERY_NANOS = 60_000_000_000L;

    final EventLoop executor;
    final Sources sources;
    final RequestIds ids;
    final DateLine date = new DateLine();
    /** {@code date: ...} of now. */
    final Supplier<byte[]> dateLine = () -> date.line(millis());

    final HeadWriter heads = new HeadWriter();
    final KnownSections sections = new KnownSections();
    final ArrayDeque<OriginConnection> idle = new ArrayDeque<>();
    final CallTimes calls = new CallTimes();
    private EncodedLines encoded = new EncodedLines(Fields.empty());
    private final MessageDigest sha256;
    private final Set<Timed> timed = new HashSet<>();
    private boolean faulty;
    private long toldNanos;

    Loop(EventLoop executor, Sources sources) {
        this.executor = executor;
        this.sources = sources;
        this.ids = new RequestIds(sources.random().get());
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-256", missing);
        }
        watch(calls);
        var _ = executor.scheduleWithFixedDelay(this::checkTimes, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** These lines as they are sent; the very object of the time before where the fields are, too. */
    @SuppressWarnings("ReferenceEquality") // what is only equal may as well be encoded anew
    EncodedLines encoded(Fields fields) {
        if (encoded.fields != fields) {
            encoded = new EncodedLines(fields);
        }
        return encoded;
    }

    byte[] sha256(byte[] material) {
        return sha256.digest(material);
    }

    long millis() {
        return sources.millis().getAsLong();
    }

    long nanos() {
        return sources.nanos().getAsLong();
    }

    void watch(Timed thing) {
        timed.add(thing);
    }

    void unwatch(Timed thing) {
        timed.remove(thing);
    }

    private void checkTimes() {
        long now = nanos();
        List<Timed> all = new ArrayList<>(timed); // a check may close things, which removes them
        for (Timed thing : all) {
            try {
                thing.checkTime(now);
            } catch (RuntimeException fault) {
                told(fault, now);
            }
        }
    }

    /** A fault that went on from here would end the checks of all: no time limit of this loop would hold any more. */
    private void told(RuntimeException fault, long now) {
        if (!faulty || now - toldNanos > TOLD_EVERY_NANOS) {
            faulty = true;
            toldNanos = now;
            log.error("a time limit could not be checked by a fault of the gateway", fault);
        }
    }

    /** Runs at once where this is the loop's thread, else there. */
    void run(Runnable task) {
        if (executor.inEventLoop()) {
            task.run();
        } else {
            executor.execute(task);
        }
    }
}
