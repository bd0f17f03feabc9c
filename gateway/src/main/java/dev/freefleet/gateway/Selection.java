package dev.freefleet.gateway;

import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.StoredAnswer;
import org.jspecify.annotations.Nullable;

/**
 * Which stored answers are meant: those of which all that is given is true. Immutable.
 *
 * @param route the name of their route, or null for any
 * @param tag a tag of theirs (an answer whose tags cannot be told has every tag), or null for any
 * @param key their cache key, as a listing shows it, or null for any
 */
public record Selection(
        @Nullable String route,
        @Nullable String tag,
        @Nullable String key) {
    /** All that is stored. */
    public static final Selection ALL = new Selection(null, null, null);

    /** The answers with this tag. */
    public static Selection ofTag(String tag) {
        return new Selection(null, tag, null);
    }

    /** The answers of this route. */
    public static Selection ofRoute(String route) {
        return new Selection(route, null, null);
    }

    /** The answers under this key. */
    public static Selection ofKey(String key) {
        return new Selection(null, null, key);
    }

    /** Whether this answer, stored under this key, is meant. */
    public boolean matches(String cacheKey, StoredAnswer answer) {
        return takesKey(cacheKey) && (tag == null || AnswerTags.matches(answer.tags(), tag));
    }

    /** Whether answers under this key can be meant. */
    boolean takesKey(String cacheKey) {
        return (key == null || key.equals(cacheKey)) && (route == null || route.equals(routeOf(cacheKey)));
    }

    /** The route of a cache key: what stands before its last colon. */
    public static String routeOf(String cacheKey) {
        return cacheKey.substring(0, Math.max(0, cacheKey.lastIndexOf(':')));
    }

    /** For the log. */
    @Override
    public String toString() {
        if (equals(ALL)) {
            return "all";
        }
        return ((route == null ? "" : " route " + route)
                        + (tag == null ? "" : " tag " + tag)
                        + (key == null ? "" : " key " + key))
                .substring(1);
    }
}
