package dev.freefleet.edgesync;

import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.HeldBody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway's answers as a test says, the hottest first; those of another index are stale. */
final class ScriptedAnswers implements HotAnswers {
    static final String CONTENT = "{\"sources\":[{\"id\":\"a.md\"}]}";

    final List<AnswerStore.Kept> kept = new ArrayList<>();
    long fresh = 3_600_000;
    String index = "v1";

    void put(String key, long requestMillis, String version, String content, Fields selecting) {
        Fields fields = Fields.of("content-type", "application/json");
        HeldBody body = new HeldBody(content.getBytes(StandardCharsets.UTF_8), fields);
        kept.removeIf(one -> one.key().equals(key));
        kept.add(new AnswerStore.Kept(
                key,
                new StoredAnswer(
                        200, fields, requestMillis, requestMillis + 50, selecting, version, List.of("a.md"), body),
                true));
    }

    /** An answer as an edge hands it over. */
    static byte[] envelope(String key, long requestMillis, String version) {
        Fields fields = Fields.of("content-type", "application/json");
        HeldBody body = new HeldBody(CONTENT.getBytes(StandardCharsets.UTF_8), fields);
        return AnswerEnvelope.of(
                key,
                new StoredAnswer(
                        200, fields, requestMillis, requestMillis, Fields.empty(), version, List.of("lie"), body),
                body);
    }

    @Override
    public List<AnswerStore.Kept> hottest(int limit) {
        return kept.stream().limit(limit).toList();
    }

    @Override
    public long freshMillis(String cacheKey, StoredAnswer answer) {
        return answer.indexVersion().equals(index) ? fresh : 0;
    }

    @Override
    public long staleMillis(String cacheKey) {
        return 86_400_000;
    }

    @Override
    public @Nullable AnswerTags offered(String cacheKey) {
        return cacheKey.startsWith("query:") ? AnswerTags.SOURCES : null;
    }

    @Override
    public String index() {
        return index;
    }
}
