package dev.freefleet.edgesync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.edge.AnswerTags;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the fleet knows of its namespace in Workers KV, kept in a file: what it has used of the day's budget, and which answers
 * it has written. Where the file cannot be read, the budget of the day counts as used up: nobody knows what is left of it.
 * Thread-safe.
 */
final class KvState {
    private static final Logger log = LoggerFactory.getLogger(KvState.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALL = 1_000_000;

    private final Path file;
    private long day;
    private final Map<KvBudget.Kind, Integer> used = new EnumMap<>(KvBudget.Kind.class);
    private final Map<String, Written> answers = new LinkedHashMap<>();

    /**
     * An answer as it was written.
     *
     * @param requestMillis when it was asked for
     * @param index the version of the Brain's index that it is of
     * @param freshUntil until when it is fresh, epoch milliseconds
     * @param goneAt when KV forgets it, epoch milliseconds
     * @param tags what it can be purged by
     */
    record Written(long requestMillis, String index, long freshUntil, long goneAt, List<String> tags) {
        /** Characters, so that the file stays small. */
        private static final int MAX_TAGS = 1_000;

        /** With any tag, where there are too many to be noted. */
        Written {
            boolean fits = tags.stream().mapToInt(String::length).sum() <= MAX_TAGS;
            tags = fits ? List.copyOf(tags) : List.of(AnswerTags.ANY);
        }
    }

    private KvState(Path file) {
        this.file = file;
    }

    /** @param today days since 1970-01-01 in UTC */
    static KvState open(Path file, long today) {
        KvState state = new KvState(file);
        try {
            state.read(JSON.readTree(Files.readAllBytes(file)));
        } catch (NoSuchFileException first) {
            state.day = today;
        } catch (IOException | IllegalArgumentException e) {
            log.error("The file {} cannot be read ({}); nothing is written to Workers KV today", file, e.getMessage());
            state.answers.clear();
            state.day = today;
            for (KvBudget.Kind kind : KvBudget.Kind.values()) {
                state.used.put(kind, ALL);
            }
        }
        return state;
    }

    private void read(@Nullable JsonNode json) {
        if (json == null
                || !json.path("day").isIntegralNumber()
                || !json.path("used").isObject()) {
            throw new IllegalArgumentException("it is damaged");
        }
        day = json.path("day").longValue();
        for (KvBudget.Kind kind : KvBudget.Kind.values()) {
            used.put(kind, json.path("used").path(kind.label()).asInt(ALL));
        }
        for (Map.Entry<String, JsonNode> answer : json.path("answers").properties()) {
            JsonNode value = answer.getValue();
            answers.put(
                    answer.getKey(),
                    new Written(
                            value.path("request_ms").asLong(),
                            value.path("index").asText(),
                            value.path("fresh_until").asLong(),
                            value.path("gone_at").asLong(),
                            tags(value.path("tags"))));
        }
    }

    private static List<String> tags(JsonNode json) {
        List<String> tags = new ArrayList<>();
        json.forEach(tag -> tags.add(tag.asText()));
        return json.isArray() ? tags : List.of(AnswerTags.ANY);
    }

    synchronized int used(KvBudget.Kind kind, long today) {
        return today <= day ? used.getOrDefault(kind, 0) : 0;
    }

    /** A clock that is set back opens no new budget. */
    synchronized void use(KvBudget.Kind kind, long today, int count) {
        if (today > day) {
            day = today;
            used.clear();
        }
        used.merge(kind, count, Integer::sum);
        save();
    }

    synchronized @Nullable Written answer(String cacheKey) {
        return answers.get(cacheKey);
    }

    /** Notes what was written, and forgets what KV has forgotten. */
    synchronized void wrote(Map<String, Written> fresh, long nowMillis) {
        answers.values().removeIf(written -> written.goneAt() <= nowMillis);
        answers.putAll(fresh);
        save();
    }

    private void save() {
        ObjectNode json = JSON.createObjectNode().put("day", day);
        ObjectNode counts = json.putObject("used");
        for (KvBudget.Kind kind : KvBudget.Kind.values()) {
            counts.put(kind.label(), used.getOrDefault(kind, 0));
        }
        ObjectNode all = json.putObject("answers");
        answers.forEach((key, written) -> {
            ArrayNode tags = all.putObject(key)
                    .put("request_ms", written.requestMillis())
                    .put("index", written.index())
                    .put("fresh_until", written.freshUntil())
                    .put("gone_at", written.goneAt())
                    .putArray("tags");
            written.tags().forEach(tags::add);
        });
        try {
            DurableFile.write(file, json.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("what was used of Workers KV cannot be written to " + file, e);
        }
    }
}
