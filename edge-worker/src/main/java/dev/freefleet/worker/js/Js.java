package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.typedarrays.ArrayBuffer;
import org.teavm.jso.typedarrays.Int8Array;

/** Calls of the runtime that belong to no object. */
public final class Js {
    private static final JSObject ENCODER = encoder();
    private static final JSObject DECODER = decoder();

    private Js() {}

    /**
     * Asks a server. Answers of every status are answers; redirects are not followed, and content that the runtime knows
     * how to decode is decoded. Cloudflare's own cache, which lies under fetch and knows neither keys nor purges, keeps nothing of it.
     */
    public static JSPromise<Response> fetch(
            Platform platform,
            String url,
            String method,
            Headers.Init headers,
            @Nullable JSObject body,
            JSObject signal) {
        return platform.fetch(url, asked(method, headers, body, signal));
    }

    @JSBody(
            params = {"method", "headers", "body", "signal"},
            script = "return { method: method, headers: headers, body: body, signal: signal, redirect: 'manual',"
                    + " cf: { cacheTtl: -1 } };")
    private static native JSObject asked(String method, Headers.Init headers, @Nullable JSObject body, JSObject signal);

    /** Calls this when the client of a request leaves; never, where the runtime does not tell. What it gives ends that. */
    @JSBody(
            params = {"request", "task"},
            script = "var s = request.signal; if (!s) return function() {}; s.addEventListener('abort', task);"
                    + " return function() { s.removeEventListener('abort', task); };")
    public static native Platform.Task whenGone(Request request, Platform.Task task);

    /** What ends a fetch. */
    @JSBody(script = "return new AbortController();")
    public static native JSObject abortController();

    @JSBody(params = "controller", script = "return controller.signal;")
    public static native JSObject signal(JSObject controller);

    @JSBody(params = "controller", script = "controller.abort();")
    public static native void abort(JSObject controller);

    /** SHA-256 of these bytes. */
    @JSBody(params = "bytes", script = "return crypto.subtle.digest('SHA-256', bytes);")
    public static native JSPromise<ArrayBuffer> sha256(Int8Array bytes);

    /** A key for HMAC-SHA256 from base64url. */
    @JSBody(
            params = "secret",
            script = "var b = Uint8Array.from(atob(secret.replaceAll('-', '+').replaceAll('_', '/')),"
                    + " function(c) { return c.charCodeAt(0); });"
                    + " return crypto.subtle.importKey('raw', b, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);")
    public static native JSPromise<JSObject> hmacKey(String secret);

    /** HMAC-SHA256 of these bytes. */
    @JSBody(
            params = {"key", "bytes"},
            script = "return crypto.subtle.sign('HMAC', key, bytes);")
    public static native JSPromise<ArrayBuffer> hmac(JSObject key, Int8Array bytes);

    /** NFKC, each code point in lower case by itself, NFKC. */
    @JSBody(
            params = "text",
            script = "return Array.from(text.normalize('NFKC')).map(function(c) { return c.toLowerCase(); }).join('')"
                    + ".normalize('NFKC');")
    public static native String folded(String text);

    /** This text as one segment of a URL's path. */
    @JSBody(params = "text", script = "return encodeURIComponent(text);")
    public static native String escaped(String text);

    /** This text as bytes, UTF-8. */
    public static Int8Array utf8(String text) {
        return encode(ENCODER, text);
    }

    /** The text of these bytes, UTF-8; what is none is replaced. */
    public static String text(Int8Array bytes) {
        return decode(DECODER, bytes);
    }

    @JSBody(script = "return new TextEncoder();")
    private static native JSObject encoder();

    @JSBody(script = "return new TextDecoder('utf-8', { ignoreBOM: true });")
    private static native JSObject decoder();

    @JSBody(
            params = {"encoder", "text"},
            script = "var b = encoder.encode(text); return new Int8Array(b.buffer, 0, b.length);")
    private static native Int8Array encode(JSObject encoder, String text);

    @JSBody(
            params = {"decoder", "bytes"},
            script = "return decoder.decode(bytes);")
    private static native String decode(JSObject decoder, Int8Array bytes);

    /** A part of these bytes, not copied. */
    @JSBody(
            params = {"bytes", "from", "to"},
            script = "return bytes.subarray(from, to);")
    public static native Int8Array part(Int8Array bytes, int from, int to);

    /** The place of the first of these bytes, or -1. */
    @JSBody(
            params = {"bytes", "value"},
            script = "return bytes.indexOf(value);")
    public static native int indexOf(Int8Array bytes, int value);

    /** These bytes, whatever view of them it is. */
    @JSBody(params = "view", script = "return new Int8Array(view.buffer, view.byteOffset, view.byteLength);")
    public static native Int8Array bytes(JSObject view);

    /** Writes a line to the log. */
    @JSBody(params = "line", script = "console.log(line);")
    public static native void log(String line);

    /** What an error says of itself. */
    @JSBody(params = "error", script = "return String(error && error.message || error);")
    public static native String message(JSObject error);
}
