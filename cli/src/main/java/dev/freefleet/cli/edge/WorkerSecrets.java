package dev.freefleet.cli.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.config.EdgeConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The secrets of the Worker, by the names under which it finds them. */
final class WorkerSecrets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, String> values = new TreeMap<>();

    private WorkerSecrets() {}

    static WorkerSecrets of(Project project) {
        WorkerSecrets secrets = new WorkerSecrets();
        ObjectNode signing = JSON.createObjectNode();
        project.signingSecrets().forEach(signing::put);
        secrets.values.put("SIGNING_SECRETS", signing.toString());
        secrets.values.put("FLEET_EDGE_TOKEN", project.token());
        EdgeConfig.Worker worker = project.worker();
        if (worker.brain() != null) {
            put(secrets, "ORIGIN_KEY", worker.brainKey());
            put(secrets, "ORIGIN_SECRET", worker.secret());
        }
        return secrets;
    }

    private static void put(WorkerSecrets secrets, String name, @org.jspecify.annotations.Nullable String value) {
        if (value != null) {
            secrets.values.put(name, value);
        }
    }

    List<String> names() {
        return List.copyOf(values.keySet());
    }

    /** As {@code wrangler secret bulk} reads them. */
    String json() {
        ObjectNode json = JSON.createObjectNode();
        values.forEach(json::put);
        return json.toString();
    }

    /** As {@code .dev.vars} has them. @throws CommandException if one cannot be written there */
    String devVars() {
        StringBuilder lines = new StringBuilder();
        values.forEach((name, value) -> lines.append(DevVars.line(name, value)));
        return lines.toString();
    }

    /** Without values. */
    @Override
    public String toString() {
        return names().toString();
    }
}
