package dev.freefleet.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** How the API reads and writes JSON (RFC 8259): strictly, with bounds. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(8)
                            .maxNumberLength(20)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The media type of problem details. */
    static final String PROBLEM = "application/problem+json";

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** What these bytes hold, or null where they are not JSON. */
    static @Nullable JsonNode parse(byte[] content) {
        try {
            return MAPPER.readTree(content);
        } catch (JsonProcessingException e) {
            return null;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static void send(ServerResponse response, Status status, JsonNode json) {
        send(response, status, json, "application/json");
    }

    /** An error as problem details (RFC 9457). */
    static ObjectNode problem(Status status, String detail) {
        return object().put("type", "about:blank")
                .put("title", status.reasonPhrase())
                .put("status", status.code())
                .put("detail", detail);
    }

    static void sendProblem(ServerResponse response, Status status, String detail) {
        sendProblem(response, status, problem(status, detail));
    }

    static void sendProblem(ServerResponse response, Status status, ObjectNode problem) {
        send(response, status, problem, PROBLEM);
    }

    private static void send(ServerResponse response, Status status, JsonNode json, String type) {
        response.status(status).header(HeaderNames.CONTENT_TYPE, type).send(bytes(json));
    }

    /** A text in quotes and on one line, whatever it holds. */
    static String text(String text) {
        return JsonNodeFactory.instance.textNode(text).toString();
    }

    static byte[] bytes(JsonNode json) {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RFC 3339 to the second, in UTC, or null. */
    static @Nullable String time(@Nullable Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
