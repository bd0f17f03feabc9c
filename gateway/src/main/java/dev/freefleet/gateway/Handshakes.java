package dev.freefleet.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/** The TLS handshakes under way. Where there are too many, the one that has taken longest gives way. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the end of what is thrown out
final class Handshakes {
    private final int max;
    private final Counter done;
    private final Counter failed;
    private final LinkedHashSet<Channel> open = new LinkedHashSet<>();

    Handshakes(int max, MeterRegistry registry) {
        this.max = max;
        this.done = counter(registry, "done");
        this.failed = counter(registry, "failed");
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("gateway.tls.handshakes")
                .tag("result", result)
                .description("TLS handshakes that ended, or were cut")
                .register(registry);
    }

    void begin(Channel channel) {
        Channel oldest = enter(channel);
        if (oldest != null) {
            failed.increment();
            oldest.close();
        }
    }

    private synchronized @Nullable Channel enter(Channel channel) {
        open.addLast(channel);
        return open.size() > max ? open.removeFirst() : null;
    }

    /** Told once or more; the first time counts. */
    void end(Channel channel, boolean stands) {
        if (leave(channel)) {
            (stands ? done : failed).increment();
        }
    }

    private synchronized boolean leave(Channel channel) {
        return open.remove(channel);
    }
}
