package dev.freefleet.admin;

import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cache that holds nothing. */
final class NoAnswers implements AnswerCache {
    @Override
    public long purge(@Nullable String route, @Nullable String tag, @Nullable String key) {
        return 0;
    }

    @Override
    public List<Answer> list(@Nullable String route, @Nullable String tag, @Nullable String key, int limit) {
        return List.of();
    }

    @Override
    public Figures figures() {
        return new Figures(new LinkedHashMap<>(), new LinkedHashMap<>(), null);
    }
}
