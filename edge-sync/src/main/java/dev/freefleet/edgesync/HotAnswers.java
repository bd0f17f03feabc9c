package dev.freefleet.edgesync;

import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.AnswerStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the answers come from that are written into Workers KV. Thread-safe. */
public interface HotAnswers {
    /** The stored answers that are asked for most, at most so many. */
    List<AnswerStore.Kept> hottest(int limit);

    /** How long an answer is fresh from now on, milliseconds; 0 or less where it is stale. */
    long freshMillis(String cacheKey, StoredAnswer answer);

    /** How long after its freshness it may be used where the Brain is down, milliseconds. */
    long staleMillis(String cacheKey);

    /**
     * How answers under this key are tagged that edges hand over, or null where they may hand over none: they ask the gateway, or
     * not everybody shares what this route stores.
     */
    @Nullable
    AnswerTags offered(String cacheKey);

    /** The version of the Brain's index, or "". */
    String index();
}
