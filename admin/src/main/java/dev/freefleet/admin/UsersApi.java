package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.User;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Set;

/** {@code /api/v1/users}: list, create. */
final class UsersApi implements HttpService {
    private final Accounts accounts;

    UsersApi(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list).post("/", this::create);
    }

    private void list(ServerRequest request, ServerResponse response) {
        ObjectNode answer = Json.object();
        ArrayNode users = answer.putArray("users");
        accounts.users().list().forEach(user -> users.add(json(user)));
        Json.send(response, Status.OK_200, answer);
    }

    private void create(ServerRequest request, ServerResponse response) {
        Body body = Body.read(request, Set.of("name", "email"));
        User user = accounts.users().create(body.text("name"), body.textOrNull("email"));
        Json.send(response, Status.CREATED_201, json(user));
    }

    private static ObjectNode json(User user) {
        return Json.object()
                .put("id", user.id())
                .put("name", user.name())
                .put("email", user.email())
                .put("created_at", Json.time(user.createdAt()))
                .put("disabled_at", Json.time(user.disabledAt()));
    }
}
