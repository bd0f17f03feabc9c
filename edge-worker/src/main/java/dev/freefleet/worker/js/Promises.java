package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSFunctor;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;

/** What promises are used for here: a call when they are settled. */
public final class Promises {
    private Promises() {}

    /** Takes the value of a promise. */
    @JSFunctor
    public interface Value<T extends @Nullable JSObject> extends JSObject {
        void is(T value);
    }

    /** Takes the reason why there is none. */
    @JSFunctor
    public interface Failure extends JSObject {
        void is(JSObject reason);
    }

    /** Calls one of both, later. */
    @JSBody(
            params = {"promise", "value", "failure"},
            script = "promise.then(value, failure).then(null, function(fault) { console.error(fault); });")
    public static native <T extends @Nullable JSObject> void when(
            JSPromise<T> promise, Value<T> value, Failure failure);

    /** A promise that somebody settles from outside. */
    public static final class Settler<T extends JSObject> {
        private final JSObject parts;

        public Settler() {
            parts = make();
        }

        public JSPromise<T> promise() {
            return promise(parts);
        }

        public void settle(T value) {
            resolve(parts, value);
        }

        /** For who waits for the end alone. */
        public void done() {
            resolve(parts, null);
        }

        @JSBody(script = "return Promise.withResolvers();")
        private static native JSObject make();

        @JSBody(params = "parts", script = "return parts.promise;")
        private static native <T extends JSObject> JSPromise<T> promise(JSObject parts);

        @JSBody(
                params = {"parts", "value"},
                script = "parts.resolve(value);")
        private static native void resolve(JSObject parts, @Nullable JSObject value);
    }
}
