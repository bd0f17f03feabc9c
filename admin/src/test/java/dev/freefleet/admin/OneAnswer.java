package dev.freefleet.admin;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cache that holds one answer, whatever is asked. */
final class OneAnswer implements AnswerCache {
    @Override
    public long purge(@Nullable String route, @Nullable String tag, @Nullable String key) {
        return 1;
    }

    @Override
    public List<Answer> list(@Nullable String route, @Nullable String tag, @Nullable String key, int limit) {
        return List.of(new Answer(
                "query:1", "query", 200, "memory", Instant.EPOCH, 1, 2, 3, "text/plain", "v1", List.of("doc"), "none"));
    }

    @Override
    public Figures figures() {
        return new Figures(new LinkedHashMap<>(Map.of("hit", 1L)), new LinkedHashMap<>(), null);
    }
}
