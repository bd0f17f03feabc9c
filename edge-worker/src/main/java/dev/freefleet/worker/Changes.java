package dev.freefleet.worker;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What requests through this isolate have changed at the origin (RFC 9111 section 4.4), for those who looked an answer up
 * before the change and come to store after it: what is older must not come back. What is forgotten here counts as changed.
 */
final class Changes {
    private static final int REMEMBERED = 4_096;

    private final Map<String, Change> last = new LinkedHashMap<>();
    private long count;
    private long forgotten;

    private record Change(long number, long atMillis, String by) {}

    /** The answer under this key was removed at this time by the request with this id. */
    void add(String cacheKey, long atMillis, String by) {
        last.remove(cacheKey); // the latest stand last
        if (last.size() == REMEMBERED) {
            Iterator<Change> oldest = last.values().iterator();
            forgotten = Math.max(forgotten, oldest.next().number());
            oldest.remove();
        }
        count++;
        last.put(cacheKey, new Change(count, atMillis, by));
    }

    /** Whether what was asked of the origin at this time may be from before the latest change that is remembered. */
    boolean outdates(String cacheKey, long requestMillis) {
        Change change = last.get(cacheKey);
        return change != null && requestMillis <= change.atMillis();
    }

    /** This moment, for the request with this id. */
    Mark mark(String by) {
        return new Mark(count, by);
    }

    /** A moment in the life of a request. */
    final class Mark {
        private final long then;
        private final String by;

        private Mark(long then, String by) {
            this.then = then;
            this.by = by;
        }

        /**
         * Whether another request has changed this since; what the request itself answers takes the place of what it has
         * changed.
         */
        boolean isPast(String cacheKey) {
            @Nullable Change change = last.get(cacheKey);
            return then < forgotten
                    || (change != null && change.number() > then && !change.by().equals(by));
        }
    }
}
