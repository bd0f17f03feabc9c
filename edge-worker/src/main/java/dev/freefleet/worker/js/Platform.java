package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSFunctor;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;

/**
 * What of the Workers runtime is time, chance or I/O. It comes from outside: a request has it from the platform, a test may
 * have time of its own, and a module that starts, which the runtime allows none of this, has a stage.
 */
public interface Platform extends JSObject {
    /** Epoch milliseconds. */
    double now();

    /** Calls this after so many milliseconds, while the request's context lives. */
    JSObject after(int millis, Task task);

    /** The same for a time limit of I/O, which no clock that runs faster may shorten. */
    JSObject limit(int millis, Task task);

    void cancel(JSObject timer);

    /** A random number from 0 to 1. */
    double random();

    /** A random UUID (RFC 9562 section 5.4). */
    String uuid();

    /** Asks a server; {@code asked} is a {@code RequestInit}. */
    JSPromise<Response> fetch(String url, JSObject asked);

    /** The Cache API of this place. */
    Cache cache();

    /** An answer with these bytes or this stream as its content, or without any. */
    Response answer(int status, Headers.Init headers, @Nullable JSObject content);

    /** What a timer calls. */
    @JSFunctor
    interface Task extends JSObject {
        void run();
    }
}
