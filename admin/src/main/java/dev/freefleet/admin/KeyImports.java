package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.ImportResult;
import dev.freefleet.data.KeyImport;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** {@code POST /api/v1/keys/import}: takes keys that were made elsewhere, by their digests, all or none. */
final class KeyImports {
    static final int MOST = 10_000;
    static final int MAX_BYTES = 16 << 20;
    private static final Set<String> MEMBERS = Set.of("keys", "make_users", "names_like_keys", "dry_run");
    private static final Set<String> KEY_MEMBERS = members();

    private final Accounts accounts;
    private final KeyOrder order;

    KeyImports(Accounts accounts, KeyOrder order) {
        this.accounts = accounts;
        this.order = order;
    }

    private static Set<String> members() {
        Set<String> members = new TreeSet<>(KeyOrder.SETTINGS);
        members.add("user");
        members.add("sha256");
        return Set.copyOf(members);
    }

    void run(ServerRequest request, ServerResponse response) {
        Body body = Body.read(request, MEMBERS, MAX_BYTES);
        List<ObjectNode> objects = body.objects("keys");
        if (objects.size() > MOST) {
            throw Body.invalid("An import takes at most " + MOST + " keys at once, and this one has " + objects.size()
                    + "; split it.");
        }
        ImportedNames names = new ImportedNames(objects, body.flag("names_like_keys"));
        List<ImportResult.Problem> problems = new ArrayList<>();
        List<KeyImport> imports = new ArrayList<>();
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            try {
                imports.add(read(Body.of(objects.get(i), KEY_MEMBERS), names));
                indexes.add(i);
            } catch (Problem e) {
                problems.add(new ImportResult.Problem(i, e.detail()));
            }
        }
        boolean dry = body.flag("dry_run");
        // Where some cannot be read, the others are looked at all the same: all that is wrong is told at once.
        ImportResult result = accounts.keys()
                .as(Actor.of(request))
                .importKeys(imports, body.flag("make_users"), dry || !problems.isEmpty());
        result.problems()
                .forEach(one -> problems.add(new ImportResult.Problem(indexes.get(one.index()), one.detail())));
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(ImportResult.Problem::index));
            sendProblems(response, problems);
            return;
        }
        if (!dry) {
            accounts.changed().run();
        }
        ObjectNode answer = Json.object().put("keys", result.keys());
        result.newUsers().forEach(answer.putArray("new_users")::add);
        Json.send(response, dry ? Status.OK_200 : Status.CREATED_201, answer.put("dry_run", dry));
    }

    private KeyImport read(Body body, ImportedNames names) {
        String digest = body.text("sha256");
        byte[] sha256;
        try {
            sha256 = HexFormat.of().parseHex(digest);
        } catch (IllegalArgumentException e) {
            sha256 = new byte[0];
        }
        if (sha256.length != 32) {
            throw Body.invalid("The sha256 of a key is 64 hexadecimal digits.");
        }
        names.checked("name", body.text("name"));
        return new KeyImport(names.checked("user", body.text("user")), sha256, order.read(body, 1));
    }

    /** Problem details (RFC 9457) with the extension member {@code problems}. */
    private static void sendProblems(ServerResponse response, List<ImportResult.Problem> problems) {
        ObjectNode problem = Json.problem(
                Status.BAD_REQUEST_400, "Nothing was imported: " + problems.size() + " of the keys cannot be taken.");
        ArrayNode array = problem.putArray("problems");
        problems.forEach(one -> array.addObject().put("index", one.index()).put("detail", one.detail()));
        Json.sendProblem(response, Status.BAD_REQUEST_400, problem);
    }
}
