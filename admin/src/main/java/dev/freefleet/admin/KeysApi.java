package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.ApiKey;
import dev.freefleet.data.User;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /api/v1/keys}: list, create, show, revoke. */
final class KeysApi implements HttpService {
    private final Accounts accounts;

    KeysApi(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list)
                .post("/", this::create)
                .get("/{id}", this::show)
                .post("/{id}/revoke", this::revoke);
    }

    private void list(ServerRequest request, ServerResponse response) {
        String owner = request.query().first("user").orElse("");
        List<ApiKey> keys = owner.isEmpty()
                ? accounts.keys().list()
                : accounts.keys().list(owner(owner).id());
        ObjectNode answer = Json.object();
        ArrayNode array = answer.putArray("keys");
        keys.forEach(key -> array.add(json(key)));
        Json.send(response, Status.OK_200, answer);
    }

    private void create(ServerRequest request, ServerResponse response) {
        KeyOrder order = KeyOrder.read(request, accounts);
        ApiKey key = accounts.keys().create(order.forOwner(owner(order.user()).id()));
        accounts.changed().run();
        ObjectNode answer = json(key);
        answer.put("key", accounts.minter().mint(key));
        Json.send(response, Status.CREATED_201, answer);
    }

    private void show(ServerRequest request, ServerResponse response) {
        Json.send(response, Status.OK_200, json(accounts.keys().show(id(request))));
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        ApiKey key = accounts.keys().revoke(id(request));
        accounts.changed().run();
        Json.send(response, Status.OK_200, json(key));
    }

    private User owner(String name) {
        return accounts.users()
                .find(name)
                .orElseThrow(() -> new Problem(
                        Status.NOT_FOUND_404,
                        "There is no user named \"" + name + "\"; make it with: ./fleet users create " + name));
    }

    private static long id(ServerRequest request) {
        String text = request.path().pathParameters().get("id");
        boolean digits =
                !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> "0123456789".indexOf(c) >= 0);
        if (!digits) {
            throw Body.invalid("A key's id is a number; list the keys to see them.");
        }
        return Long.parseLong(text);
    }

    private static ObjectNode json(ApiKey key) {
        ObjectNode json = Json.object()
                .put("id", key.id())
                .put("user", key.userName())
                .put("name", key.name())
                .put("plan", key.plan());
        ArrayNode scopes = json.putArray("scopes");
        key.scopes().stream().sorted().forEach(scopes::add);
        json.put("rate", key.rate() == null ? null : Limits.show(key.rate()));
        ArrayNode quotas = json.putArray("quotas");
        key.quotas().forEach(quota -> quotas.add(Limits.show(quota)));
        return json.put("created_at", Json.time(key.createdAt()))
                .put("expires_at", Json.time(key.expiresAt()))
                .put("revoked_at", Json.time(key.revokedAt()));
    }
}
