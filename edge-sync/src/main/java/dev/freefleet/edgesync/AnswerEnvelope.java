package dev.freefleet.edgesync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.HeldBody;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A stored answer as Workers KV holds it: a line of JSON, a line feed, the content. */
final class AnswerEnvelope {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AnswerEnvelope() {}

    /** @param answer one without selecting fields, whose body is in memory */
    static byte[] of(String cacheKey, StoredAnswer answer, HeldBody body) {
        ObjectNode json =
                JSON.createObjectNode().put("version", 1).put("key", cacheKey).put("status", answer.status());
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
}
