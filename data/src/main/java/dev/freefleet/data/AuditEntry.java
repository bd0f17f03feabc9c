package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One administrative act. It holds no secret, and of people their numbers alone.
 *
 * @param id grows with time, from 1
 * @param time to the microsecond
 * @param actor who did it, as they said: {@code cli:NAME}, {@code api}, or {@code fleet} for the fleet itself; 1 to 64
 *     characters
 * @param action what was done, such as {@code key.revoke}
 * @param userId the user it was done to, or null
 * @param userName what they are called now, or null where there is no such user or none any more
 * @param keyId the key it was done to, or null
 * @param details what else is to be known, by name
 */
public record AuditEntry(
        long id,
        Instant time,
        String actor,
        String action,
        @Nullable Long userId,
        @Nullable String userName,
        @Nullable Long keyId,
        SortedMap<String, String> details) {
    public AuditEntry {
        requireNonNull(time, "time");
        requireNonNull(actor, "actor");
        requireNonNull(action, "action");
        details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }

    /** What was done to what; the log adds who and when. */
    record Act(
            String action, @Nullable Long userId, @Nullable Long keyId, Map<String, String> details) {
        static Act on(User user, String action, Map<String, String> details) {
            return new Act(action, user.id(), null, details);
        }

        static Act on(ApiKey key, String action, Map<String, String> details) {
            return new Act(action, key.userId(), key.id(), details);
        }
    }
}
