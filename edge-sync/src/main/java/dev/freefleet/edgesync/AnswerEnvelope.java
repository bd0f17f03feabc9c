package dev.freefleet.edgesync;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.HeldBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A stored answer as Workers KV holds it: a line of JSON, a line feed, the content. */
final class AnswerEnvelope {
    private static final int VERSION = 1;
    private static final int MAX_HEAD = 1 << 16;
    private static final int MAX_FIELDS = 100;
    /** RFC 9110 sections 5.6.2 and 5.5; names are in lower case. */
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]{1,128}");

    private static final Pattern VALUE = Pattern.compile("[\\t -~\\x80-\\xff]{0,8192}");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(4).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private AnswerEnvelope() {}

    /** What some bytes turned out to be. */
    sealed interface Read {
        /**
         * One, under this key.
         *
         * @param stored without tags, which whoever takes it has to find
         */
        record Answer(String key, StoredAnswer stored, HeldBody body) implements Read {}

        /** None; a sentence that says why. */
        record Bad(String detail) implements Read {}
    }

    /** @param answer one without selecting fields, whose body is in memory */
    static byte[] of(String cacheKey, StoredAnswer answer, HeldBody body) {
        ObjectNode json = JSON.createObjectNode()
                .put("version", VERSION)
                .put("key", cacheKey)
                .put("status", answer.status());
        ArrayNode fields = json.putArray("fields");
        answer.fields().forEach((name, value) -> fields.addArray().add(name).add(value));
        json.put("request_ms", answer.requestMillis())
                .put("response_ms", answer.responseMillis())
                .put("index", answer.indexVersion());
        ArrayNode tags = json.putArray("tags");
        answer.tags().forEach(tags::add);
        json.put("length", body.length());
        byte[] head = (json + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] content = body.content();
        byte[] all = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return all;
    }

    /**
     * Reads what somebody else has written.
     *
     * @param latestMillis an answer that arrived later is none, epoch milliseconds
     */
    static Read read(byte[] bytes, long latestMillis) {
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        if (end == bytes.length || end > MAX_HEAD) {
            return new Read.Bad("The content must begin with a line of JSON of at most " + MAX_HEAD + " bytes.");
        }
        byte[] content = Arrays.copyOfRange(bytes, end + 1, bytes.length);
        try {
            return read(JSON.readTree(bytes, 0, end), content, latestMillis);
        } catch (JsonProcessingException e) {
            return new Read.Bad("The first line is not one JSON text.");
        } catch (IOException e) {
            return new Read.Bad("The first line is no JSON in UTF-8.");
        }
    }

    private static Read read(JsonNode json, byte[] content, long latestMillis) {
        String key = json.path("key").asText();
        Fields fields = fields(json.path("fields"));
        long request = integer(json, "request_ms");
        long response = integer(json, "response_ms");
        if (integer(json, "version") != VERSION || !Demand.isKey(key)) {
            return new Read.Bad("version must be " + VERSION + ", and key a cache key.");
        }
        if (integer(json, "status") != 200 || !json.path("selecting").isEmpty()) {
            return new Read.Bad("Answers of status 200 without selecting fields are taken alone.");
        }
        if (fields == null || fields.has("set-cookie")) {
            return new Read.Bad("fields must be pairs of lower-case names and values, without set-cookie.");
        }
        if (request < 0 || response < request || response > latestMillis) {
            return new Read.Bad("request_ms and response_ms must be in this order, and not in the future.");
        }
        if (!json.path("index").isTextual() || integer(json, "length") != content.length) {
            return new Read.Bad("index must be a text, and length that of the content.");
        }
        HeldBody body = new HeldBody(content, fields);
        String index = json.path("index").textValue();
        return new Read.Answer(
                key, new StoredAnswer(200, fields, request, response, Fields.empty(), index, List.of(), body), body);
    }

    private static @Nullable Fields fields(JsonNode json) {
        if (!json.isArray() || json.size() > MAX_FIELDS) {
            return null;
        }
        Fields.Builder fields = Fields.builder();
        for (JsonNode line : json) {
            String name = line.path(0).asText();
            String value = line.path(1).asText();
            boolean fits = line.size() == 2
                    && line.path(0).isTextual()
                    && line.path(1).isTextual()
                    && NAME.matcher(name).matches()
                    && VALUE.matcher(value).matches();
            if (!fits) {
                return null;
            }
            fields.add(name, value);
        }
        return fields.build();
    }

    /** -1 where it is none. */
    private static long integer(JsonNode json, String name) {
        JsonNode value = json.path(name);
        return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : -1;
    }
}
