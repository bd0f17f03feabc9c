package dev.freefleet.worker;

import dev.freefleet.edge.Route;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Context;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Promises;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.teavm.jso.JSObject;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * How the fleet comes by answers for KV where this Worker asks the Brain past the fleet's own store: with usage it is told how
 * often public answers are asked for, and those that it then wants are handed over. Nobody waits for that, and it is said
 * once: what is lost is told again when it is asked again.
 */
final class Offers {
    private static final String PATH = "/.fleet/edge/answers";
    private static final int MOST_TOLD = 50;
    private static final int MAX_BYTES = 1 << 20;
    /** With room for the line that comes before it. */
    private static final int MAX_CONTENT_BYTES = MAX_BYTES - (64 << 10);

    private static final int PATIENCE_MILLIS = 5_000;
    /** So that copies on their way take a few MiB of the isolate's memory at the most. */
    private static final long PAUSE_MILLIS = 1_000;
    /** An answer that the fleet still wants then may have been lost on its way. */
    private static final long AGAIN_MILLIS = 600_000;

    private final Isolate isolate;
    private final Set<String> routes = new HashSet<>();
    private final Map<String, Integer> asked = new HashMap<>();
    /** When the wanted answers were handed over. */
    private final Map<String, Long> offered = new HashMap<>();

    private long nextMillis;

    Offers(Isolate isolate) {
        this.isolate = isolate;
        for (Route route : isolate.settings.policy().routes()) {
            if (!isolate.settings.originIsGateway() && route.cache().isShared()) {
                routes.add(route.name());
            }
        }
    }

    /** These answers were asked for and found in the Cache API. */
    void found(Env env, Context context, String cacheKey, List<StoredAnswer> answers) {
        if (answers.size() != 1 || !routes.contains(cacheKey.substring(0, cacheKey.lastIndexOf(':')))) {
            return;
        }
        StoredAnswer answer = answers.get(0);
        if (answer.status() == 200
                && answer.selecting().size() == 0
                && answer.body().length() <= MAX_CONTENT_BYTES) {
            asked.merge(cacheKey, 1, Integer::sum);
            if (isWanted(cacheKey, answer)) {
                offer(env, context, cacheKey, answer);
            }
        }
    }

    private boolean isWanted(String cacheKey, StoredAnswer answer) {
        FleetState state = isolate.sync.state();
        if (state == null || !state.wanted().contains(cacheKey) || isolate.sync.isFleetAway()) {
            return false;
        }
        long now = isolate.millis();
        Long before = offered.get(cacheKey);
        if (now < nextMillis
                || (before != null && now - before < AGAIN_MILLIS)
                || isolate.edge.inspect(cacheKey, answer, now).ttlMillis() <= 0
                || isolate.changes.outdates(cacheKey, answer.requestMillis())) {
            return false;
        }
        nextMillis = now + PAUSE_MILLIS;
        offered.keySet().retainAll(state.wanted());
        offered.put(cacheKey, now);
        return true;
    }

    private void offer(Env env, Context context, String cacheKey, StoredAnswer answer) {
        Int8Array content = Envelope.one(cacheKey, answer);
        if (content.getLength() > MAX_BYTES) {
            return;
        }
        isolate.counters.offers++;
        JSObject abort = Js.abortController();
        JSObject timer = isolate.platform.limit(PATIENCE_MILLIS, () -> Js.abort(abort));
        Headers.Init headers = Headers.of(new String[] {
            "authorization", "Bearer " + Env.edgeToken(env), "content-type", "application/octet-stream"
        });
        Promises.Settler<JSObject> end = new Promises.Settler<>();
        context.waitUntil(end.promise());
        Promises.when(
                Js.fetch(
                        isolate.platform,
                        isolate.settings.fleetUrl() + PATH,
                        "POST",
                        headers,
                        content,
                        Js.signal(abort)),
                response -> {
                    isolate.platform.cancel(timer);
                    if (response.getBody() != null) {
                        response.getBody().cancel();
                    }
                    end.done();
                },
                failed -> {
                    isolate.platform.cancel(timer);
                    end.done();
                });
    }

    /** What was asked for most since this was told last, as a member of a batch, or "". */
    String asked() {
        if (asked.isEmpty()) {
            return "";
        }
        List<Map.Entry<String, Integer>> most = new ArrayList<>(asked.entrySet());
        most.sort(Map.Entry.<String, Integer>comparingByValue().reversed());
        JsonText json = new JsonText();
        json.open('{');
        for (Map.Entry<String, Integer> one : most.subList(0, Math.min(MOST_TOLD, most.size()))) {
            json.member(one.getKey(), one.getValue());
        }
        asked.clear();
        return ",\"asked\":" + json.close('}');
    }
}
