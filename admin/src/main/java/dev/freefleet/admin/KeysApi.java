package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.ApiKey;
import dev.freefleet.data.Keys;
import dev.freefleet.data.NewKey;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/keys}: list, create, show, set, rotate, revoke, delete, import. */
final class KeysApi {
    private static final String BASE = "/api/v1/keys";
    private static final long LONGEST_GRACE_SECONDS = Duration.ofDays(365).toSeconds();

    private final Accounts accounts;
    private final KeyOrder order;
    private final KeyImports imports;

    KeysApi(Accounts accounts) {
        this.accounts = accounts;
        this.order = new KeyOrder(accounts);
        this.imports = new KeyImports(accounts, order);
    }

    List<Call> calls() {
        return List.of(
                Call.get(BASE, "listKeys", "All keys in the order of their making, revoked and ended ones too.")
                        .query("user", "string", "Only those of the user of this name.")
                        .answers(200, "Keys")
                        .by(this::list),
                Call.post(BASE, "createKey", "Makes a key; its text is told this once.")
                        .takes("KeyOrder")
                        .answers(201, "NewKey")
                        .by(this::create),
                Call.post(BASE + "/import", "importKeys", "Takes keys that were made elsewhere, all or none.")
                        .takes("Import")
                        .answers(200, "Imported")
                        .answers(201, "Imported")
                        .by(imports::run),
                Call.get(BASE + "/{id}", "showKey", "One key.")
                        .answers(200, "Key")
                        .by(this::show),
                Call.post(BASE + "/{id}", "setKey", "Changes the members that stand in it; null is the plan's.")
                        .takes("KeySettings")
                        .answers(200, "Key")
                        .by(this::set),
                Call.post(BASE + "/{id}/rotate", "rotateKey", "Makes a new key in the place of one.")
                        .takes("Rotation")
                        .answers(201, "NewKey")
                        .by(this::rotate),
                Call.post(BASE + "/{id}/revoke", "revokeKey", "Refuses a key from now on.")
                        .answers(200, "Key")
                        .by(this::revoke),
                Call.post(BASE + "/{id}/delete", "deleteKey", "Deletes what is known of a key, which stays refused.")
                        .takes("Force")
                        .answers(200, "Key")
                        .by(this::delete));
    }

    private Keys keys(ServerRequest request) {
        return accounts.keys().as(Actor.of(request));
    }

    private void list(ServerRequest request, ServerResponse response) {
        @Nullable String owner = Parameters.text(request, "user");
        List<ApiKey> keys = owner == null
                ? accounts.keys().list()
                : accounts.keys().list(accounts.owner(owner).id());
        ObjectNode answer = Json.object();
        ArrayNode array = answer.putArray("keys");
        keys.forEach(key -> array.add(json(key)));
        Json.send(response, Status.OK_200, answer);
    }

    private void create(ServerRequest request, ServerResponse response) {
        Set<String> members = new TreeSet<>(KeyOrder.SETTINGS);
        members.add("user");
        Body body = Body.read(request, members);
        // All that is wrong with the order itself is said before its owner is looked for.
        String owner = body.text("user");
        NewKey wanted = order.read(body, 1);
        sendNew(
                response,
                keys(request).create(wanted.ownedBy(accounts.owner(owner).id())));
    }

    private void show(ServerRequest request, ServerResponse response) {
        Json.send(response, Status.OK_200, json(accounts.keys().show(id(request))));
    }

    private void set(ServerRequest request, ServerResponse response) {
        long id = id(request);
        Body body = Body.read(request, KeyOrder.SETTINGS);
        ApiKey key = keys(request).change(id, before -> order.changed(before, body));
        accounts.changed().run();
        Json.send(response, Status.OK_200, json(key));
    }

    private void rotate(ServerRequest request, ServerResponse response) {
        long id = id(request);
        Body body = Body.read(request, Set.of("grace_seconds", "expires_at"));
        @Nullable Long grace = body.numberOrNull("grace_seconds");
        if (grace != null && (grace < 0 || grace > LONGEST_GRACE_SECONDS)) {
            throw Body.invalid("A grace is 0 to 365 days.");
        }
        @Nullable Instant end = KeyOrder.expiry(body.textOrNull("expires_at"));
        sendNew(
                response,
                keys(request)
                        .rotate(
                                id,
                                Duration.ofSeconds(grace == null ? 0 : grace),
                                end,
                                accounts.secrets().current()));
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        ApiKey key = keys(request).revoke(id(request));
        accounts.changed().run();
        Json.send(response, Status.OK_200, json(key));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        long id = id(request);
        Body body = Body.read(request, Set.of("force"));
        ApiKey key = keys(request).delete(id, body.flag("force"));
        accounts.changed().run();
        Json.send(response, Status.OK_200, json(key));
    }

    private void sendNew(ServerResponse response, ApiKey key) {
        accounts.changed().run();
        ObjectNode answer = json(key);
        answer.put("key", accounts.minter().mint(key));
        Json.send(response, Status.CREATED_201, answer);
    }

    private static long id(ServerRequest request) {
        return Parameters.id(request, "id", "A key's id is a number; list the keys to see them.");
    }

    private static ObjectNode json(ApiKey key) {
        ObjectNode json = Json.object()
                .put("id", key.id())
                .put("user", key.userName())
                .put("user_disabled", key.ownerDisabled())
                .put("name", key.name())
                .put("plan", key.plan());
        ArrayNode scopes = json.putArray("scopes");
        key.scopes().stream().sorted().forEach(scopes::add);
        json.put("rate", key.rate() == null ? null : Limits.show(key.rate()));
        ArrayNode quotas = json.putArray("quotas");
        key.quotas().forEach(quota -> quotas.add(Limits.show(quota)));
        ArrayNode addresses = json.putArray("addresses");
        key.addresses().forEach(addresses::add);
        return json.put("max_concurrent", key.maxConcurrent() == 0 ? null : (Integer) key.maxConcurrent())
                .put("created_at", Json.time(key.createdAt()))
                .put("expires_at", Json.time(key.expiresAt()))
                .put("revoked_at", Json.time(key.revokedAt()))
                .put("replaced_by", key.replacedBy())
                .put("last_used", Json.time(key.lastUsed()))
                .put("imported", key.isImported())
                .put("secret_version", key.isImported() ? null : (Integer) key.secretVersion());
    }
}
