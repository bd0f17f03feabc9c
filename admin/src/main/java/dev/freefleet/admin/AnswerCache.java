package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** The gateway's stored answers, as the API shows and purges them. Thread-safe; its methods wait for the disk. */
public interface AnswerCache {
    /**
     * Removes the answers of which all that is given is true; where nothing is given, all.
     *
     * @return how many were removed; none of them comes back, not even after a crash
     * @throws AdminException if that cannot be promised
     */
    long purge(@Nullable String route, @Nullable String tag, @Nullable String key);

    /** Some of the answers of which all that is given is true, {@code limit} at the most, those asked for most first. */
    List<Answer> list(@Nullable String route, @Nullable String tag, @Nullable String key, int limit);

    /** What the cache holds and did. */
    Figures figures();

    /**
     * A stored answer.
     *
     * @param key its cache key: the route's name, a colon and a digest
     * @param tier "memory" or "disk"
     * @param ageSeconds its age (RFC 9111 section 4.2.3)
     * @param ttlSeconds how long it will be fresh; 0 or less where it is stale
     * @param bytes of its content
     * @param contentType as the Brain said it, or "" where it did not
     * @param variant the request's fields that its Vary names, for people
     */
    record Answer(
            String key,
            String route,
            int status,
            String tier,
            Instant storedAt,
            long ageSeconds,
            long ttlSeconds,
            long bytes,
            String contentType,
            String indexVersion,
            List<String> tags,
            String variant) {
        public Answer {
            requireNonNull(key, "key");
            requireNonNull(route, "route");
            requireNonNull(tier, "tier");
            requireNonNull(storedAt, "storedAt");
            requireNonNull(contentType, "contentType");
            requireNonNull(indexVersion, "indexVersion");
            tags = List.copyOf(tags);
            requireNonNull(variant, "variant");
        }
    }

    /**
     * Numbers by name, in their order.
     *
     * @param requests since the start, by what the cache did: "hit", "miss", "stale" ...
     * @param memory of the store in memory
     * @param disk of the store on disk, or null where there is none
     */
    record Figures(
            SequencedMap<String, Long> requests,
            SequencedMap<String, Long> memory,
            @Nullable SequencedMap<String, Long> disk) {
        public Figures {
            requests = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(requests));
            memory = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(memory));
            disk = disk == null ? null : Collections.unmodifiableSequencedMap(new LinkedHashMap<>(disk));
        }
    }
}
