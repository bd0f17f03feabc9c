package dev.freefleet.bench.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freefleet.testkit.trace.Typing;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the Brain of a replay reads a request: down to its meaning, with other means (Jackson) than the gateway's, so that
 * a fault there cannot hide behind the same fault here.
 */
final class Reading {
    private final ObjectMapper mapper = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();

    private final Typing typing;

    /** @param typing what, inside the question's text, counts as nothing */
    Reading(Typing typing) {
        this.typing = typing;
    }

    /** The question's identity: path and canonical JSON. */
    String canonical(String path, @Nullable String rawQuery, byte[] content) throws JsonProcessingException {
        Map<String, Object> question = new TreeMap<>();
        if (content.length > 0) {
            Map<?, ?> members = mapper.readValue(new String(content, StandardCharsets.UTF_8), LinkedHashMap.class);
            members.forEach((name, value) -> question.put((String) name, plain(value)));
        } else if (rawQuery != null && rawQuery.startsWith("q=")) {
            question.put("query", URLDecoder.decode(rawQuery.substring(2), StandardCharsets.UTF_8));
        }
        if (question.get("query") instanceof String text) {
            question.put("query", normal(text));
        }
        return path + " " + mapper.writeValueAsString(question);
    }

    private static Object plain(@Nullable Object value) {
        return switch (value) {
            case BigDecimal number -> number.stripTrailingZeros();
            case Integer number -> BigDecimal.valueOf(number).stripTrailingZeros();
            case Map<?, ?> map -> {
                var sorted = new TreeMap<String, Object>();
                map.forEach((name, inner) -> sorted.put((String) name, plain(inner)));
                yield sorted;
            }
            case null -> "null";
            default -> value;
        };
    }

    private String normal(String text) {
        return switch (typing) {
            case EXACT -> text;
            case FOLDED -> spaces(lower(text));
            case UNICODE -> spaces(lower(Normalizer.normalize(text, Normalizer.Form.NFKC)));
        };
    }

    private static String spaces(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /** The trace capitalises ASCII letters alone; to lower the others would only add to what is compared. */
    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
