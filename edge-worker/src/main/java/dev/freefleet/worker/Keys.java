package dev.freefleet.worker;

import dev.freefleet.edge.Step;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.JsonValue;
import dev.freefleet.worker.js.Promises;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.teavm.jso.JSObject;
import org.teavm.jso.typedarrays.Int8Array;

/** Checks the signatures of keys with the Worker's signing secrets. */
final class Keys {
    private static final int REMEMBERED = 1_000;

    private String read = "";
    private final Map<Integer, String> secrets = new HashMap<>();
    /** Made from them at their first use; a promise would belong to the request that made it. */
    private final Map<Integer, JSObject> made = new HashMap<>();
    /** What valid keys are signed with, by what is signed; what was used least lately goes first. Other secrets: another map. */
    private Map<String, Int8Array> macs = new LinkedHashMap<>(64, 0.75f, true);

    /** Tells {@code verdict} whether the key is signed with the secret of the version that it names. */
    void verify(Env env, Step.VerifyKey key, Consumer<Boolean> verdict) {
        read(env);
        String signed = text(key);
        Int8Array known = macs.get(signed);
        if (known != null) {
            verdict.accept(isSame(key.mac(), known));
            return;
        }
        String secret = secrets.get(key.secretVersion());
        JSObject hmacKey = made.get(key.secretVersion());
        if (hmacKey != null) {
            verify(hmacKey, key, signed, verdict);
        } else if (secret == null) {
            verdict.accept(false);
        } else {
            Promises.when(
                    Js.hmacKey(secret),
                    fresh -> {
                        made.put(key.secretVersion(), fresh);
                        verify(fresh, key, signed, verdict);
                    },
                    unusable -> verdict.accept(false));
        }
    }

    private void verify(JSObject hmacKey, Step.VerifyKey key, String signed, Consumer<Boolean> verdict) {
        Map<String, Int8Array> bySecret = macs;
        Promises.when(
                Js.hmac(hmacKey, Int8Array.fromJavaArray(key.signed())),
                buffer -> {
                    Int8Array mac = new Int8Array(buffer);
                    boolean valid = isSame(key.mac(), mac);
                    if (valid) {
                        remember(bySecret, signed, mac);
                    }
                    verdict.accept(valid);
                },
                failed -> verdict.accept(false));
    }

    private static void remember(Map<String, Int8Array> macs, String signed, Int8Array mac) {
        macs.put(signed, mac);
        if (macs.size() > REMEMBERED) {
            Iterator<String> oldest = macs.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** What is signed, which holds the secret's version. */
    private static String text(Step.VerifyKey key) {
        byte[] signed = key.signed();
        char[] text = new char[signed.length];
        for (int i = 0; i < text.length; i++) {
            text[i] = (char) (signed[i] & 0xff);
        }
        return new String(text);
    }

    private void read(Env env) {
        String now = Env.signingSecrets(env);
        if (now.equals(read)) {
            return;
        }
        read = now;
        secrets.clear();
        made.clear();
        macs = new LinkedHashMap<>(64, 0.75f, true);
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
