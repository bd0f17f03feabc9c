package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.DataException;
import dev.freefleet.data.Forgetting;
import dev.freefleet.data.Forgotten;
import dev.freefleet.data.User;
import dev.freefleet.data.Users;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/users}: list, create, disable, enable, delete, forget. */
final class UsersApi {
    private static final String BASE = "/api/v1/users";

    private final Accounts accounts;
    private final AnswerCache cache;

    UsersApi(Accounts accounts, AnswerCache cache) {
        this.accounts = accounts;
        this.cache = cache;
    }

    List<Call> calls() {
        return List.of(
                Call.get(BASE, "listUsers", "All users in the order of their names, or the one of that name.")
                        .query("name", "string", "The user's name; 404 where there is none.")
                        .answers(200, "Users")
                        .by(this::list),
                Call.post(BASE, "createUser", "Makes a user.")
                        .takes("UserOrder")
                        .answers(201, "User")
                        .by(this::create),
                Call.post(BASE + "/disable", "disableUser", "Refuses all keys of a user from now on.")
                        .takes("UserName")
                        .answers(200, "User")
                        .by((request, response) -> disable(request, response, true)),
                Call.post(BASE + "/enable", "enableUser", "Lets a disabled user in again.")
                        .takes("UserName")
                        .answers(200, "User")
                        .by((request, response) -> disable(request, response, false)),
                Call.post(BASE + "/delete", "deleteUser", "Deletes a user and all their keys, which stay refused.")
                        .takes("UserDeletion")
                        .answers(200, "User")
                        .by(this::delete),
                Call.post(
                                BASE + "/forget",
                                "forgetUser",
                                "Removes or anonymises all that is kept of a person, by name, or by number where they were deleted.")
                        .takes("ForgetOrder")
                        .answers(200, "Forgotten")
                        .by(this::forget));
    }

    private Users users(ServerRequest request) {
        return accounts.users().as(Actor.of(request));
    }

    private void list(ServerRequest request, ServerResponse response) {
        @Nullable String name = Parameters.text(request, "name");
        ObjectNode answer = Json.object();
        ArrayNode array = answer.putArray("users");
        List<User> users = name == null ? accounts.users().list() : List.of(accounts.owner(name));
        users.forEach(user -> array.add(json(user)));
        Json.send(response, Status.OK_200, answer);
    }

    private void create(ServerRequest request, ServerResponse response) {
        Body body = Body.read(request, Set.of("name", "email"));
        User user = users(request).create(body.text("name"), body.textOrNull("email"));
        Json.send(response, Status.CREATED_201, json(user));
    }

    private void disable(ServerRequest request, ServerResponse response, boolean disabled) {
        Body body = Body.read(request, Set.of("name"));
        sendChanged(response, users(request).disable(body.text("name"), disabled));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Body body = Body.read(request, Set.of("name", "force"));
        sendChanged(response, users(request).delete(body.text("name"), body.flag("force")));
    }

    private void sendChanged(ServerResponse response, User user) {
        accounts.changed().run();
        Json.send(response, Status.OK_200, json(user));
    }

    private void forget(ServerRequest request, ServerResponse response) {
        Body body = Body.read(request, Set.of("name", "user_id", "dry_run"));
        boolean dry = body.flag("dry_run");
        Forgotten forgotten;
        try {
            forgotten = forget(body, Actor.of(request), dry);
        } catch (DataException e) {
            if (!dry && (e.kind() == DataException.Kind.UNAVAILABLE || e.kind() == DataException.Kind.CONFLICT)) {
                // They may be gone, and only some of their usage not be reached now.
                accounts.changed().run();
                forgetAnswers(false);
            }
            throw e;
        }
        if (!dry) {
            accounts.changed().run();
        }
        List<Forgotten.Place> places = new ArrayList<>(forgotten.places());
        places.add(forgetAnswers(dry));
        ObjectNode answer = Json.object().put("user_id", forgotten.userId()).put("dry_run", dry);
        ArrayNode array = answer.putArray("places");
        places.forEach(place -> array.addObject()
                .put("name", place.name())
                .put("what", place.what())
                .put("count", place.count())
                .put("detail", place.detail()));
        Json.send(response, Status.OK_200, answer);
    }

    private Forgotten forget(Body body, String actor, boolean dry) {
        @Nullable Long deleted = body.numberOrNull("user_id");
        Forgetting forgetting = accounts.data().forgetting();
        if (deleted == null) {
            return forgetting.forget(body.text("name"), actor, dry);
        }
        if (body.textOrNull("name") != null) {
            throw Body.invalid("Say either \"name\", of a user, or \"user_id\", of one who was deleted.");
        }
        return forgetting.forgetDeleted(deleted, actor, dry);
    }

    /** A stored answer's key is a digest, which does not tell whose it is: those of all who have their own go. */
    private Forgotten.Place forgetAnswers(boolean dry) {
        long removed = 0;
        for (String route : accounts.privateRoutes()) {
            removed += dry ? 0 : cache.purge(route, null, null);
        }
        return new Forgotten.Place(
                "cache",
                "removed",
                removed,
                accounts.privateRoutes().isEmpty()
                        ? "no route keeps answers of single users"
                        : "all stored answers of routes that keep them by user or key");
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
