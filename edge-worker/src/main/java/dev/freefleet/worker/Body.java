package dev.freefleet.worker;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.RequestHead;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Promises;
import dev.freefleet.worker.js.Request;
import dev.freefleet.worker.js.Stream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.streams.ReadableStreamDefaultReader;
import org.teavm.jso.typedarrays.Int8Array;

/** The content of a client's request: read whole, or streamed to the origin. */
final class Body {
    private final Request request;
    private final RequestHead head;
    private long bytesIn;
    private boolean whole = true;
    private boolean broken;

    /** Why content could not be read. */
    enum Fault {
        BROKEN_OFF,
        /** All requests together hold too much. */
        NO_ROOM
    }

    Body(Request request, RequestHead head) {
        this.request = request;
        this.head = head;
    }

    long bytesIn() {
        return bytesIn;
    }

    /** Whether a fetch failed so because the client broke off what is streamed, or took too long over it. */
    boolean isOfClient(Event.Failure failure) {
        return !whole && (broken || failure != Event.Failure.UNREACHABLE);
    }

    /** Reads it, so many bytes at the most, into memory that {@code held} has room for. */
    void read(int maxBytes, Underway.Held held, Consumer<Event> read, Consumer<Fault> failure) {
        if (!head.hasContent()) {
            read.accept(new Event.BodyRead(new byte[0]));
        } else if (head.contentLength() > maxBytes) {
            read.accept(new Event.BodyTooLarge());
        } else if (!held.memory(Math.max(0, head.contentLength()))) {
            failure.accept(Fault.NO_ROOM);
        } else if (head.contentLength() >= 0) {
            Promises.when(
                    request.arrayBuffer(),
                    bytes -> {
                        Int8Array content = new Int8Array(bytes);
                        bytesIn = content.getLength();
                        read.accept(new Event.BodyRead(content.toJavaArray()));
                    },
                    failed -> failure.accept(Fault.BROKEN_OFF));
        } else {
            Stream stream = request.getBody();
            if (stream == null) {
                read.accept(new Event.BodyRead(new byte[0]));
            } else {
                new Collecting(stream.getReader(), maxBytes, held, read, failure).next();
            }
        }
    }

    /** Content of unknown length, part by part. */
    private final class Collecting {
        private final ReadableStreamDefaultReader reader;
        private final int maxBytes;
        private final Underway.Held held;
        private final Consumer<Event> read;
        private final Consumer<Fault> failure;
        private final Collected collected = new Collected();

        Collecting(
                ReadableStreamDefaultReader reader,
                int maxBytes,
                Underway.Held held,
                Consumer<Event> read,
                Consumer<Fault> failure) {
            this.reader = reader;
            this.maxBytes = maxBytes;
            this.held = held;
            this.read = read;
            this.failure = failure;
        }

        void next() {
            Promises.when(
                    reader.read(),
                    result -> {
                        if (result.isDone()) {
                            read.accept(new Event.BodyRead(collected.bytes().toJavaArray()));
                            return;
                        }
                        Int8Array part = Js.bytes(result.getValue());
                        bytesIn += part.getLength();
                        if (bytesIn > maxBytes) {
                            read.accept(new Event.BodyTooLarge());
                            return;
                        }
                        if (!held.memory(part.getLength())) {
                            failure.accept(Fault.NO_ROOM);
                            return;
                        }
                        collected.add(part);
                        next();
                    },
                    failed -> failure.accept(Fault.BROKEN_OFF));
        }
    }

    /**
     * What a fetch sends: the content as it comes, so many bytes at the most, of which {@code tooLarge} is told.
     *
     * @return the stream, or null where there is no content
     */
    @Nullable
    Stream stream(int maxBytes, Runnable tooLarge) {
        Stream stream = request.getBody();
        if (stream == null) {
            return null;
        }
        whole = false;
        long length = head.contentLength();
        Stream.Pipe pipe = length >= 0 ? Stream.Pipe.open((double) length) : Stream.Pipe.open();
        new Pump(stream.getReader(), Stream.Pipe.writer(pipe), new Pump.Watch() {
                    @Override
                    public boolean passed(Int8Array part) {
                        bytesIn += part.getLength();
                        if (bytesIn > maxBytes) {
                            tooLarge.run();
                            return false;
                        }
                        return true;
                    }

                    @Override
                    public void read() {
                        whole = true;
                    }

                    @Override
                    public void lost() {
                        broken = true;
                    }

                    @Override
                    public void ended(boolean taken) {}
                })
                .next();
        return Stream.Pipe.readable(pipe);
    }
}
