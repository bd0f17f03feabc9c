package dev.freefleet.bench.replay;

import dev.freefleet.testkit.trace.TraceEvent;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The usual Worker: it keeps answers to GET by URL for as long as they say, and passes everything else on. It knows
 * nothing of the Brain's index.
 */
public final class UrlCache implements Cache {
    private final Cache origin;
    private final long maxAgeNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    /** @param nanoTime as {@link System#nanoTime} */
    public UrlCache(Cache origin, long maxAgeSeconds, LongSupplier nanoTime) {
        this.origin = origin;
        this.maxAgeNanos = maxAgeSeconds * 1_000_000_000;
        this.nanoTime = nanoTime;
    }

    @Override
    public Reply ask(TraceEvent.Ask ask) throws IOException, InterruptedException {
        if (!ask.method().equals("GET")) {
            return origin.ask(ask);
        }
        Kept found = kept.get(ask.target());
        if (found != null && nanoTime.getAsLong() - found.sinceNanos() < maxAgeNanos) {
            return found.reply();
        }
        Reply reply = origin.ask(ask);
        if (reply.status() == 200) {
            kept.put(ask.target(), new Kept(reply, nanoTime.getAsLong()));
        }
        return reply;
    }

    @Override
    public boolean followsHealth() {
        return false;
    }

    private record Kept(Reply reply, long sinceNanos) {}
}
