package dev.freefleet.gateway;

import dev.freefleet.edge.StoredAnswer;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The purges so far, and what requests that change something have removed (RFC 9111 section 4.4), for those who began to
 * fetch before one and come to store after it: what was meant must not come back with an answer that is older. What is
 * forgotten here counts as meant. Thread-safe.
 */
final class Purges {
    private static final int REMEMBERED = 64;
    private static final int REMEMBERED_KEYS = 4_096;

    private final ArrayDeque<Purge> last = new ArrayDeque<>();
    private final Map<String, Removal> removals = new LinkedHashMap<>();
    private volatile long count;
    private long forgotten;

    private record Purge(long number, Selection which) {}

    private record Removal(long number, String by) {}

    /** How many there were. */
    long count() {
        return count;
    }

    synchronized void add(Selection which) {
        if (last.size() == REMEMBERED) {
            forgotten = Math.max(forgotten, last.removeFirst().number());
        }
        count++;
        last.addLast(new Purge(count, which));
    }

    /** Notes that what is stored under this key was removed by this request. */
    synchronized void removed(String key, String by) {
        removals.remove(key); // the latest stand last
        if (removals.size() == REMEMBERED_KEYS) {
            Iterator<Removal> oldest = removals.values().iterator();
            forgotten = Math.max(forgotten, oldest.next().number());
            oldest.remove();
        }
        count++;
        removals.put(key, new Removal(count, by));
    }

    /**
     * Whether an answer that was asked for when there were {@code then} purges has been purged since, or was removed by
     * another request than this one, whose own answer takes the place of what it has removed.
     */
    boolean took(long then, String key, StoredAnswer answer, String by) {
        return then != count && tookOne(then, key, answer, by);
    }

    private synchronized boolean tookOne(long then, String key, StoredAnswer answer, String by) {
        if (then < forgotten) {
            return true;
        }
        Removal removal = removals.get(key);
        if (removal != null && removal.number() > then && !removal.by().equals(by)) {
            return true;
        }
        return last.stream()
                .anyMatch(purge -> purge.number() > then && purge.which().matches(key, answer));
    }
}
