package dev.freefleet.worker.js;

import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;

/** One request's context. */
public interface Context extends JSObject {
    /** The request is not over before this is settled, whether its client stays or not. */
    void waitUntil(JSPromise<?> work);
}
