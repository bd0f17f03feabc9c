package dev.freefleet.worker.js;

import org.teavm.jso.JSBody;
import org.teavm.jso.JSClass;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;

/** A rate limiting binding: counts by key for the place where the Worker runs. */
@JSClass(transparent = true)
public abstract class RateLimiter implements JSObject {
    /** Counts one; whether that is still within the limit. */
    @JSBody(
            params = {"limiter", "key"},
            script = "return limiter.limit({ key: key });")
    public static native JSPromise<Outcome> limit(RateLimiter limiter, String key);

    /** What counting gave. */
    @JSClass(transparent = true)
    public abstract static class Outcome implements JSObject {
        @JSBody(params = "outcome", script = "return outcome.success;")
        public static native boolean isWithin(Outcome outcome);
    }
}
