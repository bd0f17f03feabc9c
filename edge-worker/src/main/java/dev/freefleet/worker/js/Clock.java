package dev.freefleet.worker.js;

import org.teavm.jso.JSFunctor;
import org.teavm.jso.JSObject;

/** Time, which comes from outside. */
public interface Clock extends JSObject {
    /** Epoch milliseconds. */
    double now();

    /** Calls this after so many milliseconds, while the request's context lives. */
    JSObject after(int millis, Task task);

    /** The same for a time limit of I/O, which no clock that runs faster may shorten. */
    JSObject limit(int millis, Task task);

    void cancel(JSObject timer);

    /** What a timer calls. */
    @JSFunctor
    interface Task extends JSObject {
        void run();
    }
}
