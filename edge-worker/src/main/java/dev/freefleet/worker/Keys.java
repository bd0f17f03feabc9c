package dev.freefleet.worker;

import dev.freefleet.edge.Step;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.JsonValue;
import dev.freefleet.worker.js.Promises;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.teavm.jso.JSObject;
import org.teavm.jso.typedarrays.Int8Array;

/** Checks the signatures of keys with the Worker's signing secrets. */
final class Keys {
    private String read = "";
    private final Map<Integer, String> secrets = new HashMap<>();
    /** Made from them at their first use; a promise would belong to the request that made it. */
    private final Map<Integer, JSObject> made = new HashMap<>();

    /** Tells {@code verdict} whether the key is signed with the secret of the version that it names. */
    void verify(Env env, Step.VerifyKey key, Consumer<Boolean> verdict) {
        read(env);
        String secret = secrets.get(key.secretVersion());
        JSObject hmacKey = made.get(key.secretVersion());
        if (hmacKey != null) {
            verify(hmacKey, key, verdict);
        } else if (secret == null) {
            verdict.accept(false);
        } else {
            Promises.when(
                    Js.hmacKey(secret),
                    fresh -> {
                        made.put(key.secretVersion(), fresh);
                        verify(fresh, key, verdict);
                    },
                    unusable -> verdict.accept(false));
        }
    }

    private static void verify(JSObject hmacKey, Step.VerifyKey key, Consumer<Boolean> verdict) {
        Promises.when(
                Js.hmac(hmacKey, Int8Array.fromJavaArray(key.signed())),
                mac -> verdict.accept(isSame(key.mac(), new Int8Array(mac))),
                failed -> verdict.accept(false));
    }

    private void read(Env env) {
        String now = Env.signingSecrets(env);
        if (now.equals(read)) {
            return;
        }
        read = now;
        secrets.clear();
        made.clear();
        JsonValue json = JsonValue.parse(now);
        if (json != null) {
            for (String name : JsonValue.names(json)) {
                String secret = JsonValue.text(json, name);
                if (secret != null) {
                    secrets.put(Integer.parseInt(name), secret);
                }
            }
        }
    }

    /** In a time that does not depend on where they differ. */
    private static boolean isSame(byte[] shown, Int8Array mac) {
        int differences = shown.length <= mac.getLength() && shown.length > 0 ? 0 : 1;
        for (int i = 0; i < shown.length && i < mac.getLength(); i++) {
            differences |= shown[i] ^ mac.get(i);
        }
        return differences == 0;
    }
}
