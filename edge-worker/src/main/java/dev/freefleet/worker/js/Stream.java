package dev.freefleet.worker.js;

import org.teavm.jso.JSBody;
import org.teavm.jso.JSClass;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.core.JSUndefined;
import org.teavm.jso.streams.ReadableStreamDefaultReader;
import org.teavm.jso.typedarrays.Int8Array;

/** A readable stream of bytes (Streams standard, section 4). */
public interface Stream extends JSObject {
    ReadableStreamDefaultReader getReader();

    JSPromise<JSUndefined> cancel();

    /** Both ends of a pipe, whose writer waits for its reader. */
    @JSClass(transparent = true)
    abstract class Pipe implements JSObject {
        @JSBody(params = "pipe", script = "return pipe.readable;")
        public static native Stream readable(Pipe pipe);

        @JSBody(params = "pipe", script = "return pipe.writable.getWriter();")
        public static native Writer writer(Pipe pipe);

        /** Lets all of a stream through, without a call for each part; settled when all was taken. */
        @JSBody(
                params = {"pipe", "stream"},
                script = "return stream.pipeTo(pipe.writable);")
        public static native JSPromise<JSUndefined> fill(Pipe pipe, Stream stream);

        /** Through which any number of bytes passes. */
        @JSBody(script = "return new IdentityTransformStream();")
        public static native Pipe open();

        /** Through which exactly so many bytes pass. */
        @JSBody(params = "length", script = "return new FixedLengthStream(length);")
        public static native Pipe open(double length);
    }

    /** The writing end. */
    interface Writer extends JSObject {
        JSPromise<JSUndefined> write(Int8Array part);

        JSPromise<JSUndefined> close();

        JSPromise<JSUndefined> abort(JSObject reason);
    }
}
