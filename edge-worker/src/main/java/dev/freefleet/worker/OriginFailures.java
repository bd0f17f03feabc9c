package dev.freefleet.worker;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import org.jspecify.annotations.Nullable;

/** What of all that a fetch can come to means that the origin gave no answer. */
final class OriginFailures {
    private OriginFailures() {}

    /**
     * Of an answer that Cloudflare made in the origin's place (its errors 520 to 530) or whose status is none of HTTP, or null
     * where it is the origin's.
     */
    static Event.@Nullable Failure of(int status, Fields fields) {
        if (status > 599) {
            return Event.Failure.BROKEN;
        }
        if (status < 520 || status > 530 || !"cloudflare".equals(fields.first("server"))) {
            return null;
        }
        return switch (status) {
            case 522, 524 -> Event.Failure.TIMEOUT; // no connection in time, no answer in time
            case 520, 525, 526 -> Event.Failure.BROKEN; // no HTTP, no TLS
            default -> Event.Failure.UNREACHABLE; // refused, no way, no address, no tunnel
        };
    }

    /** Of a fetch that was rejected with this message; the runtime has no codes for it. */
    static Event.Failure of(String message) {
        return message.contains("connection lost") || message.contains("protocol") || message.contains("disconnected")
                ? Event.Failure.BROKEN
                : Event.Failure.UNREACHABLE;
    }
}
