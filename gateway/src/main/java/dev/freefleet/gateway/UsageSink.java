package dev.freefleet.gateway;

import dev.freefleet.edge.UsageEvent;

/** Where records of requests go. Called on event loops, so it never blocks. Thread-safe. */
public interface UsageSink {
    /** Takes the event, or returns false where there is no room; the gateway counts those. */
    boolean offer(UsageEvent event);
}
