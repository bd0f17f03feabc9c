package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code /api/v1/secrets}: list, rotate, retire. Of a secret it tells the version, and how many live keys hang on it. */
final class SecretsApi {
    private static final String BASE = "/api/v1/secrets";
    private final Accounts accounts;

    SecretsApi(Accounts accounts) {
        this.accounts = accounts;
    }

    List<Call> calls() {
        return List.of(
                Call.get(BASE, "listSecrets", "How many live keys each signing secret has signed; never a secret.")
                        .answers(200, "Secrets")
                        .by(this::list),
                Call.post(BASE + "/rotate", "rotateSecret", "Makes a secret that new keys are signed with.")
                        .takes("Nothing")
                        .answers(201, "Secrets")
                        .by(this::rotate),
                Call.post(
                                BASE + "/{version}/retire",
                                "retireSecret",
                                "Forgets a secret, and with it the keys that it signed.")
                        .takes("Force")
                        .answers(200, "Secrets")
                        .by(this::retire));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Json.send(response, Status.OK_200, all());
    }

    private void rotate(ServerRequest request, ServerResponse response) {
        Body.read(request, Set.of());
        String actor = Actor.of(request);
        try {
            int version = accounts.secrets().rotate();
            accounts.audit().record(actor, "secret.rotate", Map.of("version", Integer.toString(version)));
        } catch (IllegalStateException e) {
            throw new Problem(Status.CONFLICT_409, String.valueOf(e.getMessage()));
        }
        Json.send(response, Status.CREATED_201, all());
    }

    private void retire(ServerRequest request, ServerResponse response) {
        Body body = Body.read(request, Set.of("force"));
        String actor = Actor.of(request);
        String sentence = "A secret's version is a number of 1 to 255; list the secrets to see them.";
        long number = Parameters.id(request, "version", sentence);
        if (number > 255) {
            throw Body.invalid(sentence);
        }
        int version = Math.toIntExact(number);
        long keys = accounts.keys().bySecret().getOrDefault(version, 0L);
        if (keys > 0 && accounts.secrets().versions().contains(version) && !body.flag("force")) {
            throw new Problem(
                    Status.CONFLICT_409,
                    keys + " live keys are signed with the secret " + version
                            + " and would be refused from then on; rotate or revoke them first, or insist with --force.");
        }
        try {
            accounts.secrets().retire(version);
            accounts.audit()
                    .record(
                            actor,
                            "secret.retire",
                            Map.of("version", Integer.toString(version), "keys", Long.toString(keys)));
        } catch (IllegalStateException e) {
            throw new Problem(Status.CONFLICT_409, String.valueOf(e.getMessage()));
        }
        Json.send(response, Status.OK_200, all());
    }

    private ObjectNode all() {
        Map<Integer, Long> counts = accounts.keys().bySecret();
        ObjectNode answer = Json.object();
        ArrayNode array = answer.putArray("secrets");
        for (int version : new TreeSet<>(accounts.secrets().versions())) {
            array.addObject()
                    .put("version", version)
                    .put("current", version == accounts.secrets().current())
                    .put("keys", counts.getOrDefault(version, 0L));
        }
        return answer;
    }
}
