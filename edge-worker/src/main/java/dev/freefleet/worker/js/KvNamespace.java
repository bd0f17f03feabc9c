package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSClass;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.core.JSUndefined;
import org.teavm.jso.typedarrays.ArrayBuffer;

/** A namespace of Workers KV. */
@JSClass(transparent = true)
public abstract class KvNamespace implements JSObject {
    @JSBody(
            params = {"kv", "key"},
            script = "return kv.get(key, 'arrayBuffer');")
    public static native JSPromise<@Nullable ArrayBuffer> get(KvNamespace kv, String key);

    @JSBody(
            params = {"kv", "key", "value", "ttlSeconds"},
            script = "return kv.put(key, value, { expirationTtl: ttlSeconds });")
    public static native JSPromise<JSUndefined> put(KvNamespace kv, String key, String value, int ttlSeconds);
}
