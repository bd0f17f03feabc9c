package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSClass;
import org.teavm.jso.JSObject;

/** The Worker's bindings and secrets; what is not configured is null. */
@JSClass(transparent = true)
public abstract class Env implements JSObject {
    @JSBody(
            params = {"env", "name"},
            script = "var v = env[name]; return typeof v === 'string' ? v : '';")
    private static native String text(Env env, String name);

    @JSBody(params = "env", script = "return env.FLEET_KV || null;")
    public static native @Nullable KvNamespace kv(Env env);

    @JSBody(params = "env", script = "return env.KEY_LIMIT || null;")
    public static native @Nullable RateLimiter keyLimit(Env env);

    @JSBody(params = "env", script = "return env.ADDRESS_LIMIT || null;")
    public static native @Nullable RateLimiter addressLimit(Env env);

    public static String signingSecrets(Env env) {
        return text(env, "SIGNING_SECRETS");
    }

    public static String edgeToken(Env env) {
        return text(env, "FLEET_EDGE_TOKEN");
    }

    public static String originKey(Env env) {
        return text(env, "ORIGIN_KEY");
    }

    public static String originSecret(Env env) {
        return text(env, "ORIGIN_SECRET");
    }
}
