package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.AuditEntry;
import dev.freefleet.data.AuditLog;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/audit}: list. */
final class AuditApi {
    private static final int LISTED = 100;
    private static final int MOST = 1_000;

    private final Accounts accounts;

    AuditApi(Accounts accounts) {
        this.accounts = accounts;
    }

    List<Call> calls() {
        return List.of(Call.get("/api/v1/audit", "listAudit", "The last administrative acts, newest first.")
                .query("user", "string", "Done to the user of this name or a key of theirs.")
                .query("user_id", "integer", "The same by number, also of one who is gone.")
                .query("key", "integer", "Done to the key of this id.")
                .query("action", "string", "Such as key.revoke; with a dot at its end all that begin so.")
                .query("before", "integer", "Only entries with a lower id.")
                .query("limit", "integer", "1 to 1000; 100 by default.")
                .answers(200, "Audit")
                .by(this::list));
    }

    private void list(ServerRequest request, ServerResponse response) {
        @Nullable String name = Parameters.text(request, "user");
        @Nullable
        Long user = name == null
                ? Parameters.number(request, "user_id")
                : (Long) accounts.owner(name).id();
        @Nullable Long before = Parameters.number(request, "before");
        int limit = Parameters.limit(request, LISTED, MOST);
        @Nullable String action = Parameters.text(request, "action");
        AuditLog.Filter filter =
                new AuditLog.Filter(user, Parameters.number(request, "key"), action, before == null ? 0 : before);
        ObjectNode answer = Json.object();
        ArrayNode entries = answer.putArray("entries");
        accounts.audit().list(filter, limit).forEach(entry -> entries.add(json(entry)));
        Json.send(response, Status.OK_200, answer);
    }

    private static ObjectNode json(AuditEntry entry) {
        ObjectNode json = Json.object()
                .put("id", entry.id())
                .put("time", Json.time(entry.time()))
                .put("actor", entry.actor())
                .put("action", entry.action())
                .put("user_id", entry.userId())
                .put("user", entry.userName())
                .put("key_id", entry.keyId());
        ObjectNode details = json.putObject("details");
        entry.details().forEach(details::put);
        return json;
    }
}
