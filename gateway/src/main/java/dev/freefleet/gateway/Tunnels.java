package dev.freefleet.gateway;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** How many tunnels are open, and may be. Those that are being asked for do not count yet. Thread-safe. */
final class Tunnels {
    private final int max;
    private final AtomicInteger open = new AtomicInteger();

    Tunnels(int max, MeterRegistry registry) {
        this.max = max;
        Gauge.builder("gateway.tunnels", open, AtomicInteger::get)
                .description("Connections that have left HTTP for WebSocket")
                .register(registry);
    }

    boolean isFull() {
        return open.get() >= max;
    }

    void begun() {
        open.incrementAndGet();
    }

    void ended() {
        open.decrementAndGet();
    }
}
