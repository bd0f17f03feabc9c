package dev.freefleet.worker;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Cache;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Platform;
import dev.freefleet.worker.js.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSFunctor;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * A runtime where nothing is real: for {@link Rehearsal}. Time stands still, timers are at once, chance is always the same,
 * and answers are at hand. The Cache API keeps one answer, from the moment on that something is written to it.
 */
final class Stage implements Platform {
    static final long MILLIS = 1_764_000_000_000L;
    private static final String SYNC = "/.fleet/edge/sync";
    private static final String USAGE = "/.fleet/edge/usage";
    private static final String WORD = "{\"version\":1,\"hold_ms\":60000,\"complete\":true,\"brain\":"
            + "{\"status\":\"healthy\",\"index\":\"2026-11-20T08:00:00Z\"},\"revoked\":[7],\"keys\":[{\"id\":8,\"rate\":null,"
            + "\"quotas\":[{\"requests\":1000,\"period\":\"day\"}],\"scopes\":[],\"addresses\":[],\"valid_until\":0,"
            + "\"exhausted_until\":0,\"max_concurrent\":0,\"plan\":null}],\"imported\":{},\"purges\":{\"floor\":0,\"last\":"
            + "[{\"seq\":1,\"at\":1,\"route\":\"query\",\"tag\":null,\"key\":null}]},\"hot\":[\"query:00\"]}";
    private static final String ANSWER = "{\"answer\":\"none\",\"sources\":[{\"id\":\"notes/a.md\"}],\"confidence\":1}";

    private final Cache cache = cacheOf(this::stored, this::written);
    private boolean written;

    @JSFunctor
    private interface Stored extends JSObject {
        JSPromise<Response> of(String url);
    }

    @JSFunctor
    private interface Written extends JSObject {
        void to(String url);
    }

    @Override
    public double now() {
        return MILLIS;
    }

    @Override
    public JSObject after(int millis, Task task) {
        return soon(task);
    }

    @Override
    public JSObject limit(int millis, Task task) {
        return object();
    }

    @Override
    public void cancel(JSObject timer) {}

    @Override
    public double random() {
        return 0;
    }

    @Override
    public String uuid() {
        return "01234567-89ab-4def-8123-456789abcdef";
    }

    @Override
    public JSPromise<Response> fetch(String url, JSObject asked) {
        String content = url.endsWith(SYNC) ? WORD : url.endsWith(USAGE) ? "" : ANSWER;
        String[] lines = {
            "content-type",
            "application/json",
            "content-length",
            Integer.toString(content.length()),
            "etag",
            "\"1\"",
            "fleet-poll-after",
            "5000"
        };
        return answer(url.endsWith(USAGE) ? 204 : 200, Headers.of(lines), Js.utf8(content));
    }

    @Override
    public Cache cache() {
        return cache;
    }

    @Override
    public Response answer(int status, Headers.Init headers, @Nullable JSObject content) {
        return made(status, headers);
    }

    private JSPromise<Response> stored(String url) {
        if (!written || url.endsWith("/sync")) {
            return nothing();
        }
        int slash = url.lastIndexOf('/');
        String key = url.substring(url.lastIndexOf('/', slash - 1) + 1, slash) + ':' + url.substring(slash + 1);
        StoredAnswer answer = new StoredAnswer(
                200,
                Fields.of("content-type", "application/json"),
                MILLIS,
                MILLIS,
                Fields.of(),
                "2026-11-20T08:00:00Z",
                List.of("notes/a.md"),
                new HeldBody(Js.utf8(ANSWER)));
        return answer(200, Headers.of(new String[0]), Envelope.write(key, List.of(answer)));
    }

    private void written(String url) {
        written |= !url.endsWith("/sync");
    }

    @JSBody(
            params = {"stored", "written"},
            script = "return { match: stored, put: function(url) { written(url); return Promise.resolve(); } };")
    private static native Cache cacheOf(Stored stored, Written written);

    /** What an answer is to those who read it whole; the runtime lets nobody read one of its own at a start. */
    @JSBody(
            params = {"status", "headers", "bytes"},
            script = "return Promise.resolve({ status: status, headers: new Headers(headers), body: null,"
                    + " arrayBuffer: function() { return Promise.resolve(bytes.slice().buffer); },"
                    + " text: function() { return Promise.resolve(new TextDecoder().decode(bytes)); } });")
    private static native JSPromise<Response> answer(int status, Headers.Init headers, Int8Array bytes);

    @JSBody(
            params = {"status", "headers"},
            script = "return { status: status, headers: new Headers(headers) };")
    private static native Response made(int status, Headers.Init headers);

    @JSBody(script = "return Promise.resolve(null);")
    private static native JSPromise<Response> nothing();

    @JSBody(params = "task", script = "Promise.resolve().then(task); return {};")
    private static native JSObject soon(Task task);

    @JSBody(script = "return {};")
    private static native JSObject object();
}
