package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSClass;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.core.JSUndefined;

/** The Cache API of the place where the Worker runs; keys are URLs that are asked for with GET. */
@JSClass(transparent = true)
public abstract class Cache implements JSObject {
    /** What is stored under this URL, or null. */
    @JSBody(
            params = {"cache", "url"},
            script = "return cache.match(url).then(function(found) { return found || null; });")
    public static native JSPromise<@Nullable Response> match(Cache cache, String url);

    public abstract JSPromise<JSUndefined> put(String url, Response response);

    public abstract JSPromise<JSObject> delete(String url);
}
