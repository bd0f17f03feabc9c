package dev.freefleet.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The JSON object that a request carries; a member that the call does not know is refused. */
final class Body {
    static final int MAX_BYTES = 64 << 10;

    private final ObjectNode object;

    private Body(ObjectNode object) {
        this.object = object;
    }

    /**
     * Reads it.
     *
     * @throws Problem 415, 413 or 400
     */
    static Body read(ServerRequest request, Set<String> members) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        // A page of another site can send a form or text to loopback without asking first, but not this type.
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw new Problem(Status.UNSUPPORTED_MEDIA_TYPE_415, "The content must be application/json.");
        }
        if (!(Json.parse(content(request)) instanceof ObjectNode object)) {
            throw invalid("The content is not a JSON object with distinct members.");
        }
        Set<String> unknown = new TreeSet<>();
        object.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(members);
        if (!unknown.isEmpty()) {
            throw invalid("There is no member " + String.join(", ", unknown) + " here; there are "
                    + String.join(", ", new TreeSet<>(members)) + ".");
        }
        return new Body(object);
    }

    private static byte[] content(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                throw new Problem(
                        Status.REQUEST_ENTITY_TOO_LARGE_413, "The content is longer than " + MAX_BYTES + " bytes.");
            }
            return content;
        } catch (IOException e) {
            throw invalid("The content broke off.");
        }
    }

    /** The text of a member that must be there. */
    String text(String name) {
        String text = textOrNull(name);
        if (text == null) {
            throw invalid("The member \"" + name + "\" is missing.");
        }
        return text;
    }

    /** The text of a member, or null where it is not there or null. */
    @Nullable
    String textOrNull(String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw invalid("The member \"" + name + "\" must be a text.");
        }
        return value.textValue();
    }

    /** The texts of an array; none where it is not there or null. */
    List<String> texts(String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            texts.add(element.isTextual() ? element.textValue() : "");
        }
        if (!value.isArray() || texts.contains("")) {
            throw invalid("The member \"" + name + "\" must be an array of texts.");
        }
        return texts;
    }

    static Problem invalid(String detail) {
        return new Problem(Status.BAD_REQUEST_400, detail);
    }
}
