package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSClass;
import org.teavm.jso.JSObject;
import org.teavm.jso.JSProperty;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.core.JSString;
import org.teavm.jso.typedarrays.ArrayBuffer;

/** An answer (Fetch standard, section 5.5). */
@JSClass(transparent = true)
public abstract class Response implements JSObject {
    @JSProperty
    public abstract int getStatus();

    @JSProperty
    public abstract Headers getHeaders();

    @JSProperty
    public abstract @Nullable Stream getBody();

    /** The other end's side of a WebSocket where the answer is a 101, else null. */
    @JSProperty
    public abstract @Nullable JSObject getWebSocket();

    public abstract JSPromise<ArrayBuffer> arrayBuffer();

    public abstract JSPromise<JSString> text();

    /** That switches to a WebSocket, whose other end is the origin's. */
    @JSBody(
            params = {"headers", "webSocket"},
            script = "return new Response(null, { status: 101, headers: headers, webSocket: webSocket });")
    public static native Response switching(Headers.Init headers, JSObject webSocket);
}
