package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The description of the port for programs (OpenAPI 3.1), made from its calls. */
final class OpenApi {
    private static final String BEARER = "token";

    private OpenApi() {}

    static ObjectNode of(List<Call> calls, String version) {
        ObjectNode document = Json.object().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "SOLO Free Fleet, the admin port")
                .put("version", version)
                .put("description", "Health, metrics and the operator's API; docs/admin-api.md says more.");
        document.putArray("servers").addObject().put("url", "/");
        ObjectNode paths = document.putObject("paths");
        for (Call call : calls) {
            ObjectNode path =
                    paths.has(call.path()) ? (ObjectNode) paths.get(call.path()) : paths.putObject(call.path());
            path.set(call.method().toLowerCase(Locale.ROOT), operation(call));
        }
        ObjectNode components = document.putObject("components");
        components.set("schemas", Schemas.all());
        components
                .putObject("securitySchemes")
                .putObject(BEARER)
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "The content of DIR/admin-token.");
        return document;
    }

    private static ObjectNode operation(Call call) {
        ObjectNode operation = Json.object().put("operationId", call.id()).put("summary", call.summary());
        ArrayNode security = operation.putArray("security");
        if (!call.open()) {
            security.addObject().putArray(BEARER);
        }
        ArrayNode parameters = operation.putArray("parameters");
        for (String segment : call.path().split("/", -1)) {
            if (segment.startsWith("{")) {
                parameter(parameters, "path", segment.substring(1, segment.length() - 1), "string", "")
                        .put("required", true);
            }
        }
        call.parameters()
                .forEach(one -> parameter(parameters, "query", one.name(), one.type(), one.doc())
                        .put("required", one.required()));
        @Nullable String takes = call.takes();
        if (takes != null) {
            ObjectNode body = operation.putObject("requestBody").put("required", true);
            content(body, "application/json", takes);
        }
        ObjectNode answers = operation.putObject("responses");
        for (Map.Entry<Integer, Call.Answer> answer : call.answers().entrySet()) {
            ObjectNode described = answers.putObject(Integer.toString(answer.getKey()))
                    .put("description", answer.getKey() < 300 ? "Done." : "Not now.");
            String type = answer.getValue().type();
            @Nullable String schema = answer.getValue().schema();
            if (schema == null) {
                described.putObject("content").putObject(type);
            } else {
                content(described, type, schema);
            }
        }
        content(answers.putObject("default").put("description", "What is wrong (RFC 9457)."), Json.PROBLEM, "Problem");
        return operation;
    }

    private static ObjectNode parameter(ArrayNode parameters, String in, String name, String type, String doc) {
        ObjectNode parameter = parameters.addObject().put("name", name).put("in", in);
        if (!doc.isEmpty()) {
            parameter.put("description", doc);
        }
        parameter.putObject("schema").put("type", type);
        return parameter;
    }

    private static void content(ObjectNode holder, String type, String schema) {
        holder.putObject("content").putObject(type).putObject("schema").put("$ref", "#/components/schemas/" + schema);
    }
}
