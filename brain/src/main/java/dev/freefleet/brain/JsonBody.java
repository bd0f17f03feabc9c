package dev.freefleet.brain;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object from a client, whose members are read strictly: a wrong type, an empty string or a number out of range is
 * told by name. Unknown members are passed over; {@code null} is as good as absent.
 */
final class JsonBody {

    private static final int MAX_DEPTH = 16;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode object;
    private final String prefix;

    private JsonBody(JsonNode object, String prefix) {
        this.object = object;
        this.prefix = prefix;
    }

    static JsonBody parse(byte[] content) {
        JsonNode node;
        try {
            node = MAPPER.readTree(content);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw ApiError.badRequest("The content is not valid JSON.", "It cannot be read" + where + ".");
        } catch (IOException e) {
            throw ApiError.badRequest("The content is not valid JSON.", "It is not UTF-8.");
        }
        if (node == null || !node.isObject()) {
            throw ApiError.badRequest("The content must be a JSON object.", "Send for example {\"query\": \"...\"}.");
        }
        return new JsonBody(node, "");
    }

    /** A member that must be there, with 1 to {@code mostChars} characters that are not all white space. */
    String text(String name, int mostChars) {
        String value = optionalText(name, mostChars);
        if (value.isBlank()) {
            throw ApiError.badRequest(prefix + name + " is missing or empty.", "Give it as a string.");
        }
        return value;
    }

    /** A string member, or the empty string when it is absent. */
    String optionalText(String name, int mostChars) {
        JsonNode value = member(name);
        return value == null ? "" : string(prefix + name, value, mostChars);
    }

    int integer(String name, int absent, int least, int most) {
        JsonNode value = member(name);
        if (value == null) {
            return absent;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            throw ApiError.badRequest(
                    prefix + name + " must be a whole number from " + least + " to " + most + ".",
                    "Leave it out for " + absent + ".");
        }
        return value.intValue();
    }

    double fraction(String name, double absent) {
        JsonNode value = member(name);
        if (value == null) {
            return absent;
        }
        if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 1)) {
            throw ApiError.badRequest(
                    prefix + name + " must be a number from 0 to 1.", "Leave it out for " + absent + ".");
        }
        return value.doubleValue();
    }

    List<String> texts(String name, int mostTexts, int mostChars) {
        JsonNode value = member(name);
        List<String> texts = new ArrayList<>();
        if (value != null) {
            if (!value.isArray() || value.size() > mostTexts) {
                throw ApiError.badRequest(
                        prefix + name + " must be a list of at most " + mostTexts + " strings.",
                        "Leave it out for all.");
            }
            value.forEach(one -> texts.add(string("each of " + prefix + name, one, mostChars)));
        }
        return texts;
    }

    /** An object member, or an empty one when it is absent. */
    JsonBody object(String name) {
        JsonNode value = member(name);
        if (value != null && !value.isObject()) {
            throw ApiError.badRequest(prefix + name + " must be an object.", "Leave it out for no " + name + ".");
        }
        return new JsonBody(value == null ? MAPPER.createObjectNode() : value, prefix + name + ".");
    }

    private @Nullable JsonNode member(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private static String string(String name, JsonNode value, int mostChars) {
        if (!value.isTextual()) {
            throw ApiError.badRequest(name + " must be a string.", "It is of another type.");
        }
        return checked(name, value.textValue(), mostChars);
    }

    /** The text itself, when it is no longer than allowed and valid Unicode. */
    static String checked(String name, String text, int mostChars) {
        if (text.length() > mostChars) {
            throw ApiError.badRequest(
                    name + " must have at most " + mostChars + " characters.", "It has " + text.length() + ".");
        }
        boolean lone = text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (lone) {
            throw ApiError.badRequest(name + " holds half of a surrogate pair.", "Send valid Unicode.");
        }
        return text;
    }
}
