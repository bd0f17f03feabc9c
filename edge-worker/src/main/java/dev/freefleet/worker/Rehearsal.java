package dev.freefleet.worker;

import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.KeyFormat;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.worker.js.Context;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Promises;
import dev.freefleet.worker.js.Request;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.teavm.jso.JSBody;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * A few questions that nobody has asked, before the first that somebody asks. V8 compiles a function when it is first
 * called, which takes longer than all else that the first request of an isolate needs; and the platform gives a start a
 * hundred times what it gives a request. It is played by an isolate of its own on a {@link Stage}, and leaves nothing behind.
 */
final class Rehearsal {
    private static final int ROUNDS = 3;
    private static final String SECRET = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private static final KeyToken TOKEN = new KeyToken(1, 1, 1, 0, "default");

    private final Env env = env(SECRET);
    private final Context context = context();
    private final String key;
    private final Consumer<String> over;
    private Isolate isolate = isolate();
    private int asked;

    private Rehearsal(String key, Consumer<String> over) {
        this.key = key;
        this.over = over;
    }

    /**
     * Plays, in promises that are all settled before the module has started.
     *
     * @param over is told what went wrong, or ""
     */
    static void play(Consumer<String> over) {
        Promises.when(
                Js.hmacKey(SECRET),
                secret -> Promises.when(
                        Js.hmac(secret, Int8Array.fromJavaArray(KeyFormat.signedBytes(TOKEN))),
                        mac -> new Rehearsal(KeyFormat.encode(TOKEN, new Int8Array(mac).toJavaArray()), over).ask(),
                        failed -> over.accept(Js.message(failed))),
                failed -> over.accept(Js.message(failed)));
    }

    private static Isolate isolate() {
        RateLimit wide = new RateLimit(1_000, 1_000);
        EdgePolicy policy = new EdgePolicy(
                "rehearsal",
                DefaultRoutes.all(),
                Map.of("default", new EdgePolicy.Plan(wide, List.of(new Quota(1_000, Quota.Period.DAY)))),
                wide,
                wide,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 0),
                EdgePolicy.QueryText.FULL);
        String nowhere = "https://fleet.invalid";
        Questions questions = new Questions(Map.of(), true);
        return new Isolate(
                new Settings(
                        policy, nowhere, true, "x-fleet-secret", nowhere, 1_000, questions, 1_000, "fleet.invalid"),
                new Stage());
    }

    /** Each question twice: a miss and a hit. */
    private void ask() {
        if (asked == 2 * ROUNDS) {
            over.accept("");
            return;
        }
        if (asked % 2 == 0) {
            isolate = isolate();
        }
        Int8Array question = Js.utf8("{\"query\":\"Is this number " + asked / 2 + " of " + ROUNDS + "?\",\"limit\":3}");
        asked++;
        Headers.Init headers = Headers.of(new String[] {
            "x-api-key",
            key,
            "content-type",
            "application/json",
            "content-length",
            Integer.toString(question.getLength()),
            "cf-connecting-ip",
            "192.0.2.1"
        });
        Promises.when(
                isolate.handle(request("https://fleet.invalid/query", headers, question), env, context),
                answer -> {
                    if (answer.getStatus() == 200) {
                        ask();
                    } else {
                        over.accept("question " + asked + " was answered " + answer.getStatus());
                    }
                },
                failed -> over.accept(Js.message(failed)));
    }

    /** What can be read of a request, of one that nobody has sent: the runtime makes none at its start. */
    @JSBody(
            params = {"url", "headers", "content"},
            script = "return { url: url, method: 'POST', headers: new Headers(headers), body: null,"
                    + " arrayBuffer: function() { return Promise.resolve(content.slice().buffer); } };")
    private static native Request request(String url, Headers.Init headers, Int8Array content);

    @JSBody(
            params = "secret",
            script =
                    "var l = { limit: function() { return Promise.resolve({ success: true }); } };"
                            + " return { SIGNING_SECRETS: JSON.stringify({ 1: secret }), FLEET_EDGE_TOKEN: 'none', KEY_LIMIT: l, ADDRESS_LIMIT: l };")
    private static native Env env(String secret);

    @JSBody(script = "return { waitUntil: function() {} };")
    private static native Context context();
}
