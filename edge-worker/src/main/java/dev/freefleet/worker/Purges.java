package dev.freefleet.worker;

import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.StoredAnswer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What answers are dead, decided on reading: nobody can delete what lies in the caches of all places.
 *
 * @param floorMillis what was asked for before this instant is dead, epoch milliseconds
 * @param last the latest purges
 */
record Purges(long floorMillis, List<Purge> last) {
    static final Purges NONE = new Purges(0, List.of());

    /**
     * One purge: what was asked for before {@code atMillis}, and is all that is not null here. All null means all.
     *
     * @param atMillis epoch milliseconds
     */
    record Purge(
            long atMillis,
            @Nullable String route,
            @Nullable String tag,
            @Nullable String key) {
        boolean takes(String cacheKey, StoredAnswer answer) {
            return answer.requestMillis() < atMillis
                    && (key == null || key.equals(cacheKey))
                    && (route == null || (cacheKey.startsWith(route) && cacheKey.lastIndexOf(':') == route.length()))
                    && (tag == null || AnswerTags.matches(answer.tags(), tag));
        }
    }

    /** Whether this answer is dead. */
    boolean take(String cacheKey, StoredAnswer answer) {
        if (answer.requestMillis() < floorMillis) {
            return true;
        }
        for (Purge purge : last) {
            if (purge.takes(cacheKey, answer)) {
                return true;
            }
        }
        return false;
    }
}
