package dev.freefleet.edgesync;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.edge.UsageQuestion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the content of a batch. It is taken as a whole or not at all; what is wrong is told by its place, never by its value,
 * since that may be what somebody asked.
 */
final class UsageContent {
    static final int MAX_EVENTS = 1_000;
    static final int MAX_ASKED = 50;
    private static final int MAX_COUNT = 1_000_000;
    private static final long MAX_NUMBER = (1L << 53) - 1;
    /** The end of the year 9999. */
    private static final long MAX_TIME = 253_402_300_799_999L;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(8)
                            .maxStringLength(1 << 20)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Map<String, CacheOutcome> OUTCOMES = outcomes();

    private UsageContent() {}

    /** What a content turned out to be. */
    sealed interface Read {
        /**
         * A batch.
         *
         * @param asked how often the edge was asked for answers under these keys
         */
        record Batch(String edge, List<UsageEvent> events, Map<String, Integer> asked) implements Read {}

        /** No batch; a sentence that says where and why. */
        record Bad(String detail) implements Read {}
    }

    /** Something is wrong here. */
    private static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String place, String what) {
            super(place + ": " + what, null, false, false);
        }
    }

    static Read read(byte[] content) {
        try {
            JsonNode json = JSON.readTree(content);
            if (json == null || !json.isObject()) {
                return new Read.Bad("The content must be a JSON object with the members edge and events.");
            }
            String edge = text(json, "", "edge", 1, 64);
            JsonNode list = json.path("events");
            if (!list.isArray() || list.isEmpty() || list.size() > MAX_EVENTS) {
                throw new Wrong("events", "must be a list of 1 to " + MAX_EVENTS);
            }
            List<UsageEvent> events = new ArrayList<>(list.size());
            Map<UsageQuestion, UsageQuestion> questions = new HashMap<>();
            for (int i = 0; i < list.size(); i++) {
                events.add(event(list.get(i), "events[" + i + "]", edge, questions));
            }
            return new Read.Batch(edge, events, asked(json.path("asked")));
        } catch (JsonProcessingException e) {
            return new Read.Bad("The content is not one JSON text" + place(e.getLocation()) + ".");
        } catch (IOException e) {
            return new Read.Bad("The content is no JSON in UTF-8.");
        } catch (Wrong e) {
            return new Read.Bad(e.getMessage() + ".");
        }
    }

    /** What comes after the end has no place. */
    private static String place(@Nullable JsonLocation where) {
        return where == null ? "" : ", seen at byte " + where.getByteOffset();
    }

    /** @param questions those of the events before: the same object for the same, as an edge here would give them */
    private static UsageEvent event(
            JsonNode json, String place, String edge, Map<UsageQuestion, UsageQuestion> questions) throws Wrong {
        if (!json.isObject()) {
            throw new Wrong(place, "must be an object");
        }
        UsageQuestion question = UsageQuestion.of(
                digest(json, place), isMissing(json, "query_text") ? null : text(json, place, "query_text", 0, 2_000));
        return new UsageEvent(
                id(json, place),
                number(json, place, "time_ms", 0, MAX_TIME),
                number(json, place, "key_id", 0, MAX_NUMBER),
                number(json, place, "user_id", 0, MAX_NUMBER),
                text(json, place, "route", 1, 128),
                text(json, place, "method", 1, 16),
                (int) number(json, place, "status", 100, 599),
                outcome(json, place),
                number(json, place, "latency_us", 0, MAX_NUMBER),
                number(json, place, "origin_us", 0, MAX_NUMBER),
                number(json, place, "bytes_in", 0, MAX_NUMBER),
                number(json, place, "bytes_out", 0, MAX_NUMBER),
                question == null ? null : questions.computeIfAbsent(question, first -> first),
                edge);
    }

    /** For what helps to guess what will be asked, no usage is refused: what is not as it should be is none. */
    private static Map<String, Integer> asked(JsonNode json) {
        if (!json.isObject() || json.size() > MAX_ASKED) {
            return Map.of();
        }
        Map<String, Integer> asked = new HashMap<>();
        for (Map.Entry<String, JsonNode> one : json.properties()) {
            JsonNode count = one.getValue();
            boolean fits = Demand.isKey(one.getKey())
                    && count.isIntegralNumber()
                    && count.canConvertToInt()
                    && count.intValue() >= 1
                    && count.intValue() <= MAX_COUNT;
            if (!fits) {
                return Map.of();
            }
            asked.put(one.getKey(), count.intValue());
        }
        return asked;
    }

    private static boolean isMissing(JsonNode json, String member) {
        return json.path(member).isMissingNode() || json.path(member).isNull();
    }

    private static String id(JsonNode json, String place) throws Wrong {
        String id = text(json, place, "id", 36, 36);
        if (uuid(id) == null) {
            throw new Wrong(place + ".id", "must be a UUID");
        }
        return id;
    }

    /** The UUID in its one text form of 36 characters, or null. */
    static @Nullable UUID uuid(String text) {
        try {
            UUID id = UUID.fromString(text);
            return id.toString().equalsIgnoreCase(text) ? id : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static CacheOutcome outcome(JsonNode json, String place) throws Wrong {
        CacheOutcome outcome = OUTCOMES.get(text(json, place, "cache", 1, 16));
        if (outcome == null) {
            throw new Wrong(
                    place + ".cache",
                    "must be one of " + String.join(", ", new java.util.TreeSet<>(OUTCOMES.keySet())));
        }
        return outcome;
    }

    private static @Nullable String digest(JsonNode json, String place) throws Wrong {
        if (isMissing(json, "query_digest")) {
            return null;
        }
        String digest = text(json, place, "query_digest", 32, 32);
        if (!digest.chars().allMatch(c -> "0123456789abcdef".indexOf(c) >= 0)) {
            throw new Wrong(place + ".query_digest", "must be 32 lower-case hex digits or null");
        }
        return digest;
    }

    private static String text(JsonNode json, String place, String member, int min, int max) throws Wrong {
        JsonNode value = json.path(member);
        boolean fits = value.isTextual()
                && value.textValue().length() >= min
                && value.textValue().length() <= max;
        if (!fits) {
            String where = place.isEmpty() ? member : place + "." + member;
            String length = min == max ? "of " + min : "of " + min + " to " + max;
            throw new Wrong(where, "must be a text " + length + " characters");
        }
        return value.textValue();
    }

    private static long number(JsonNode json, String place, String member, long min, long max) throws Wrong {
        JsonNode value = json.path(member);
        boolean fits = value.isIntegralNumber()
                && value.canConvertToLong()
                && value.longValue() >= min
                && value.longValue() <= max;
        if (!fits) {
            throw new Wrong(place + "." + member, "must be a whole number of " + min + " to " + max);
        }
        return value.longValue();
    }

    private static Map<String, CacheOutcome> outcomes() {
        Map<String, CacheOutcome> outcomes = new HashMap<>();
        for (CacheOutcome outcome : CacheOutcome.values()) {
            outcomes.put(outcome.label(), outcome);
        }
        return outcomes;
    }
}
