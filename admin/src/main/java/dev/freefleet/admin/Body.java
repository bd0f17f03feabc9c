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
        return read(request, members, MAX_BYTES);
    }

    /**
     * Reads one of at most so many bytes.
     *
     * @throws Problem 415, 413 or 400
     */
    static Body read(ServerRequest request, Set<String> members, int maxBytes) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        // A page of another site can send a form or text to loopback without asking first, but not this type.
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw new Problem(Status.UNSUPPORTED_MEDIA_TYPE_415, "The content must be application/json.");
        }
        if (!(Json.parse(content(request, maxBytes)) instanceof ObjectNode object)) {
            throw invalid("The content is not a JSON object with distinct members.");
        }
        return of(object, members);
    }

    /** An object in a body. @throws Problem 400 */
    static Body of(ObjectNode object, Set<String> members) {
        Set<String> unknown = new TreeSet<>();
        object.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(members);
        if (!unknown.isEmpty()) {
            throw invalid("There is no member " + String.join(", ", unknown) + " here; there "
                    + (members.isEmpty() ? "is none" : "are " + String.join(", ", new TreeSet<>(members))) + ".");
        }
        return new Body(object);
    }

    private static byte[] content(ServerRequest request, int maxBytes) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] content = in.readNBytes(maxBytes + 1);
            if (content.length > maxBytes) {
                throw new Problem(
                        Status.REQUEST_ENTITY_TOO_LARGE_413, "The content is longer than " + maxBytes + " bytes.");
            }
            return content;
        } catch (IOException e) {
            throw invalid("The content broke off.");
        }
    }

    /** Whether the member is there, be it null. */
    boolean has(String name) {
        return object.has(name);
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

    /** A whole number, or null where it is not there or null. */
    @Nullable
    Long numberOrNull(String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw invalid("The member \"" + name + "\" must be a whole number.");
        }
        return value.longValue();
    }

    /** Whether a member is true; not where it is not there or null. */
    boolean flag(String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw invalid("The member \"" + name + "\" must be true or false.");
        }
        return value.booleanValue();
    }

    /** The objects of an array that must be there. */
    List<ObjectNode> objects(String name) {
        List<ObjectNode> objects = new ArrayList<>();
        JsonNode value = object.get(name);
        if (value != null) {
            value.forEach(element -> {
                if (element instanceof ObjectNode one) {
                    objects.add(one);
                }
            });
        }
        if (value == null || !value.isArray() || objects.size() != value.size()) {
            throw invalid("The member \"" + name + "\" must be an array of objects.");
        }
        return objects;
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
