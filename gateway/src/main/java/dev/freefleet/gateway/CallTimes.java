package dev.freefleet.gateway;

import org.jspecify.annotations.Nullable;

/**
 * The calls of one loop whose time may run out, looked through a few times a second: a task for each would cost every
 * call its scheduling and its cancelling, and hardly any runs out of time. A list through the calls themselves.
 */
final class CallTimes implements Loop.Timed {
    private @Nullable OriginCall first;

    /** Adds one that is not in it. */
    void add(OriginCall call) {
        OriginCall next = first;
        call.later = next;
        if (next != null) {
            next.earlier = call;
        }
        first = call;
    }

    /** Takes one off that is in it. */
    void remove(OriginCall call) {
        OriginCall before = call.earlier;
        OriginCall after = call.later;
        if (before == null) {
            first = after;
        } else {
            before.later = after;
        }
        if (after != null) {
            after.earlier = before;
        }
        call.earlier = null;
        call.later = null;
    }

    @Override
    public void checkTime(long nowNanos) {
        OriginCall call = first;
        while (call != null) {
            OriginCall next = call.later; // what runs out of time leaves, and may bring others to the front
            call.checkTime(nowNanos);
            call = next;
        }
    }
}
