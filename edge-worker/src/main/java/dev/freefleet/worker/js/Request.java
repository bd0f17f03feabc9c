package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSObject;
import org.teavm.jso.JSProperty;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.typedarrays.ArrayBuffer;

/** A client's request (Fetch standard, section 5.4). */
public interface Request extends JSObject {
    @JSProperty
    String getMethod();

    /** Absolute, as the URL standard writes it. */
    @JSProperty
    String getUrl();

    @JSProperty
    Headers getHeaders();

    @JSProperty
    @Nullable
    Stream getBody();

    JSPromise<ArrayBuffer> arrayBuffer();
}
