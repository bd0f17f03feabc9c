package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One call of the port: how it is reached, what it takes and what it answers. The routing and the OpenAPI description are both
 * made of these, so that neither knows a call that the other does not.
 *
 * @param method GET or POST
 * @param path with {@code {name}} for a segment that varies
 * @param id its name in the description, such as {@code listUsers}
 * @param summary a sentence
 * @param open whether it asks for no token
 * @param parameters of the query
 * @param takes the schema of its content, or null where it takes none
 * @param answers what it answers, by status
 * @param handler does it
 */
record Call(
        String method,
        String path,
        String id,
        String summary,
        boolean open,
        List<Parameter> parameters,
        @Nullable String takes,
        SequencedMap<Integer, Answer> answers,
        Handler handler) {
    private static final String JSON = "application/json";

    /** A parameter of the query; {@code type} is a type of JSON Schema. */
    record Parameter(String name, String type, String doc, boolean required) {}

    /** What is answered: its media type, and its schema (of a line, where it is of lines) or null where it has none. */
    record Answer(String type, @Nullable String schema) {}

    void route(HttpRouting.Builder routing) {
        switch (method) {
            case "GET" -> routing.get(path, handler);
            case "POST" -> routing.post(path, handler);
            default -> throw new IllegalArgumentException("no such method: " + method);
        }
    }

    static Draft get(String path, String id, String summary) {
        return new Draft("GET", path, id, summary);
    }

    static Draft post(String path, String id, String summary) {
        return new Draft("POST", path, id, summary);
    }

    /** A call that is being described. */
    static final class Draft {
        private final String method;
        private final String path;
        private final String id;
        private final String summary;
        private final List<Parameter> parameters = new ArrayList<>();
        private final SequencedMap<Integer, Answer> answers = new LinkedHashMap<>();
        private boolean open;
        private @Nullable String takes;

        private Draft(String method, String path, String id, String summary) {
            this.method = requireNonNull(method, "method");
            this.path = requireNonNull(path, "path");
            this.id = requireNonNull(id, "id");
            this.summary = requireNonNull(summary, "summary");
        }

        Draft open() {
            open = true;
            return this;
        }

        Draft query(String name, String type, String doc) {
            parameters.add(new Parameter(name, type, doc, false));
            return this;
        }

        /** A parameter without which it answers 400. */
        Draft required(String name, String type, String doc) {
            parameters.add(new Parameter(name, type, doc, true));
            return this;
        }

        Draft takes(String schema) {
            takes = schema;
            return this;
        }

        Draft answers(int status, String schema) {
            return answers(status, JSON, schema);
        }

        Draft answers(int status, String type, @Nullable String schema) {
            answers.put(status, new Answer(type, schema));
            return this;
        }

        Call by(Handler handler) {
            return new Call(method, path, id, summary, open, parameters, takes, answers, handler);
        }
    }
}
