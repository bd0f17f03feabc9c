package dev.freefleet.worker;

import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Promises;
import dev.freefleet.worker.js.Stream;
import org.teavm.jso.core.JSString;
import org.teavm.jso.streams.ReadableStreamDefaultReader;
import org.teavm.jso.typedarrays.Int8Array;

/** Passes content from a reader to a writer, part by part as it comes and no faster than it is taken. */
final class Pump {
    private final ReadableStreamDefaultReader reader;
    private final Stream.Writer writer;
    private final Watch watch;

    /** Sees what passes. */
    interface Watch {
        /** A part is about to be passed on; false ends it all. */
        boolean passed(Int8Array part);

        /** It was taken, and the next is waited for. */
        default void taken() {}

        /** The reader came to its end. */
        default void read() {}

        /** The reader broke off. */
        default void lost() {}

        /** The end, once. {@code whole}: the reader came to its end, and all was taken. */
        void ended(boolean whole);
    }

    Pump(ReadableStreamDefaultReader reader, Stream.Writer writer, Watch watch) {
        this.reader = reader;
        this.writer = writer;
        this.watch = watch;
    }

    /** Passes the next part, and all after it. */
    void next() {
        Promises.when(
                reader.read(),
                result -> {
                    if (result.isDone()) {
                        watch.read();
                        Promises.when(writer.close(), closed -> watch.ended(true), failed -> watch.ended(false));
                        return;
                    }
                    Int8Array part = Js.bytes(result.getValue());
                    if (!watch.passed(part)) {
                        stop("too large");
                        return;
                    }
                    Promises.when(
                            writer.write(part),
                            written -> {
                                watch.taken();
                                next();
                            },
                            gone -> {
                                reader.cancel(JSString.valueOf("nobody reads"));
                                watch.ended(false);
                            });
                },
                broken -> {
                    watch.lost();
                    stop("broken off");
                });
    }

    private void stop(String reason) {
        Promises.when(writer.abort(JSString.valueOf(reason)), done -> {}, failed -> {});
        watch.ended(false);
    }
}
