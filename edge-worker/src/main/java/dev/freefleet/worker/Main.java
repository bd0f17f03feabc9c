package dev.freefleet.worker;

import dev.freefleet.worker.js.Context;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.JsonValue;
import dev.freefleet.worker.js.Platform;
import dev.freefleet.worker.js.Request;
import dev.freefleet.worker.js.Response;
import org.teavm.jso.JSExport;
import org.teavm.jso.JSFunctor;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;

/** What the module exports to its JavaScript entry. */
public final class Main {
    private Main() {}

    /** Answers a request. */
    @JSFunctor
    public interface Handler extends JSObject {
        JSPromise<Response> handle(Request request, Env env, Context context);
    }

    /**
     * The edge of one isolate. Does no I/O, and takes some milliseconds, in which what requests need is compiled.
     *
     * @throws IllegalArgumentException if the policy cannot be read; the message says what to do
     */
    @JSExport
    public static Handler edge(JsonValue policy, Platform platform) {
        Isolate isolate = new Isolate(PolicyReader.read(policy), platform);
        Rehearsal.play(fault -> {
            if (!fault.isEmpty()) {
                Js.log("the rehearsal failed, which makes the first requests slower: " + fault);
            }
        });
        return isolate::handle;
    }
}
