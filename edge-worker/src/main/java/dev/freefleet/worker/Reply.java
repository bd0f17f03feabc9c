package dev.freefleet.worker;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Step;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Promises;
import dev.freefleet.worker.js.Response;
import dev.freefleet.worker.js.Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.streams.ReadableStreamDefaultReader;
import org.teavm.jso.typedarrays.Int8Array;

/** An exchange's answer: from memory, from the store or from the origin, with a copy to the store. */
final class Reply {
    /** An answer that is no longer is read whole before it is passed on: that costs less than a stream. */
    private static final long SMALL = 64 << 10;

    private static final Int8Array EMPTY = new Int8Array(0);

    private final Run run;
    private boolean begun;
    private final Promises.Settler<Response> response = new Promises.Settler<>();

    Reply(Run run) {
        this.run = run;
    }

    JSPromise<Response> promise() {
        return response.promise();
    }

    void respond(Step.Respond answer, Fetching fetching) {
        Response origin = fetching.take();
        if (!(answer.content() instanceof Step.Content.FromOrigin || answer.content() instanceof Step.Content.Tunnel)
                && origin != null) {
            discard(origin);
        }
        boolean bare = run.head.method().equals("HEAD") || answer.status() == 204 || answer.status() == 304;
        switch (answer.content()) {
            case Step.Content.None none -> {
                if (answer.store() != null) {
                    store(answer.store(), EMPTY, fetching); // an answer that has no content is whole with its head
                }
                send(answer, none.length(), null);
            }
            case Step.Content.Bytes(byte[] bytes) ->
                send(answer, bytes.length, bare ? null : Int8Array.fromJavaArray(bytes));
            case Step.Content.FromStore(StoredAnswer stored) -> {
                Int8Array content = ((HeldBody) stored.body()).bytes();
                send(answer, content.getLength(), bare ? null : content);
            }
            case Step.Content.FromStoreRange(StoredAnswer stored, long offset, long length) -> {
                Int8Array content = ((HeldBody) stored.body()).bytes();
                send(answer, length, bare ? null : Js.part(content, (int) offset, (int) (offset + length)));
            }
            case Step.Content.FromOrigin() -> fromOrigin(answer, origin, fetching);
            case Step.Content.Tunnel() -> tunnel(answer, origin);
        }
    }

    /** An answer that is whole already. */
    private void send(Step.Respond answer, long length, @Nullable Int8Array content) {
        run.finish(answer.status(), content == null ? 0 : content.getLength());
        if (run.isBehind()) {
            return;
        }
        if (content == null) {
            Headers.Init headers = headers(answer.fields(), answer.status() == 204 ? -1 : length);
            response.settle(run.isolate.platform.answer(answer.status(), headers, null));
        } else {
            response.settle(run.isolate.platform.answer(answer.status(), headers(answer.fields(), -1), content));
        }
    }

    private void fromOrigin(Step.Respond answer, @Nullable Response origin, Fetching fetching) {
        long length = fetching.length();
        if (origin != null && length >= 0 && length <= SMALL) {
            Promises.when(
                    origin.arrayBuffer(),
                    bytes -> run.guard(() -> finishFromOrigin(answer, new Int8Array(bytes), fetching)),
                    broken -> {
                        fetching.land(new Flights.Landing.NotShared());
                        problem(502, "The origin broke off its answer. Try again in a while.", 0);
                    });
            return;
        }
        Stream content = origin == null ? null : origin.getBody();
        if (content == null) {
            finishFromOrigin(answer, EMPTY, fetching);
            return;
        }
        pass(answer, content, length, fetching);
    }

    private void finishFromOrigin(Step.Respond answer, Int8Array content, Fetching fetching) {
        if (answer.store() != null) {
            store(answer.store(), content, fetching);
        }
        send(answer, content.getLength(), content);
    }

    private void pass(Step.Respond answer, Stream content, long length, Fetching fetching) {
        Step.StoreOrder order = answer.store();
        boolean storable = order != null && length <= Math.min(order.maxBytes(), Answers.MAX_BYTES);
        Stream.Pipe pipe = length >= 0 ? Stream.Pipe.open((double) length) : Stream.Pipe.open();
        if (!storable) {
            fetching.land(new Flights.Landing.NotShared());
        }
        Copy copy = new Copy(answer.status(), storable ? order : null, fetching);
        if (run.isBehind() || (storable && run.isGone())) {
            copy.drain(content);
            return;
        }
        begun = true;
        if (!storable) {
            passUnseen(answer, content, pipe, length, fetching);
            return;
        }
        new Pump(content.getReader(), Stream.Pipe.writer(pipe), copy).next();
        response.settle(
                run.isolate.platform.answer(answer.status(), headers(answer.fields(), -1), Stream.Pipe.readable(pipe)));
    }

    /**
     * By the runtime itself, without a call for each part: a part costs a tenth of a millisecond of the ten that a request has,
     * and a stream of events has hundreds. How long content was that did not say so is not known then.
     */
    private void passUnseen(Step.Respond answer, Stream content, Stream.Pipe pipe, long length, Fetching fetching) {
        fetching.unwatch();
        Promises.when(
                Stream.Pipe.fill(pipe, content),
                passed -> run.finish(answer.status(), Math.max(0, length)),
                broken -> run.finish(answer.status(), 0));
        response.settle(
                run.isolate.platform.answer(answer.status(), headers(answer.fields(), -1), Stream.Pipe.readable(pipe)));
    }

    /** Whether the client has the head of an answer whose content is under way. */
    boolean hasBegun() {
        return begun;
    }

    /** Counts what passes, and keeps a copy where it is to be stored. */
    private final class Copy implements Pump.Watch {
        private final int status;
        private final Fetching fetching;
        private Step.@Nullable StoreOrder order;
        private final Collected collected = new Collected();
        private long bytesOut;

        Copy(int status, Step.@Nullable StoreOrder order, Fetching fetching) {
            this.status = status;
            this.order = order;
            this.fetching = fetching;
        }

        @Override
        public boolean passed(Int8Array part) {
            bytesOut += part.getLength();
            run.held.isAlive(run.isolate.millis());
            fetching.pause();
            Step.StoreOrder wanted = order;
            if (wanted != null) {
                if (collected.length() + part.getLength() > Math.min(wanted.maxBytes(), Answers.MAX_BYTES)
                        || !run.held.memory(part.getLength())) {
                    order = null;
                    fetching.land(new Flights.Landing.NotShared());
                } else {
                    collected.add(part);
                }
            }
            return true;
        }

        @Override
        public void taken() {
            fetching.goOn(run.isolate.millis());
        }

        @Override
        public void ended(boolean whole) {
            Step.StoreOrder wanted = order;
            if (wanted != null && whole) {
                run.guard(() -> store(wanted, collected.bytes(), fetching));
            } else {
                fetching.land(new Flights.Landing.GivenUp());
            }
            run.finish(status, bytesOut);
        }

        /** Reads it for the store alone. */
        void drain(Stream content) {
            drain(content.getReader());
        }

        private void drain(ReadableStreamDefaultReader reader) {
            Promises.when(
                    reader.read(),
                    result -> {
                        if (result.isDone()) {
                            ended(true);
                        } else {
                            passed(Js.bytes(result.getValue()));
                            taken();
                            drain(reader);
                        }
                    },
                    broken -> ended(false));
        }
    }

    private void store(Step.StoreOrder order, Int8Array content, Fetching fetching) {
        if (content.getLength() > Math.min(order.maxBytes(), Answers.MAX_BYTES)) {
            fetching.land(new Flights.Landing.NotShared());
            return;
        }
        StoredAnswer answer =
                order.answerWithoutBody().with(order.tags().of(content.toJavaArray()), new HeldBody(content));
        run.isolate.answers.put(run.context, order.cacheKey(), run.variants(), answer, run.mark());
        fetching.land(new Flights.Landing.Stored(List.of(answer)));
    }

    private void tunnel(Step.Respond answer, @Nullable Response origin) {
        JSObject socket = origin == null ? null : origin.getWebSocket();
        if (socket == null) {
            problem(502, "The origin agreed to a WebSocket, and there is none.", 0);
            return;
        }
        run.finish(101, 0); // what passes then, the platform does not tell
        Fields.Builder fields = Fields.builder();
        answer.fields().forEach((name, value) -> {
            if (!name.equals("connection") && !name.equals("upgrade") && !name.equals("sec-websocket-accept")) {
                fields.add(name, value); // the runtime shakes hands itself
            }
        });
        response.settle(Response.switching(headers(fields.build(), -1), socket));
    }

    /** An error of the Worker's own, where the core cannot make it. */
    void problem(int status, String detail, int retryAfterSeconds) {
        Fields.Builder fields = Fields.builder()
                .add("content-type", "application/problem+json")
                .add("cache-control", "no-store")
                .add("x-request-id", run.head.id());
        if (retryAfterSeconds > 0) {
            fields.add("retry-after", Integer.toString(retryAfterSeconds));
        }
        Int8Array json = Js.utf8(new JsonText()
                .open('{')
                .member("type", "about:blank")
                .member("status", status)
                .member("detail", detail)
                .member("instance", "urn:uuid:" + run.head.id())
                .close('}')
                .toString());
        run.finish(status, json.getLength());
        if (!run.isBehind()) {
            response.settle(run.isolate.platform.answer(status, headers(fields.build(), -1), json));
        }
    }

    void metrics() {
        Fields fields = Fields.of("content-type", "text/plain; version=0.0.4", "cache-control", "no-store");
        response.settle(run.isolate.platform.answer(200, headers(fields, -1), Js.utf8(MetricsText.of(run.isolate))));
    }

    /** With a length where the content does not tell it. */
    static Headers.Init headers(Fields fields, long length) {
        List<String> lines = new ArrayList<>(2 * fields.size() + 2);
        fields.forEach((name, value) -> {
            lines.add(name);
            lines.add(value);
        });
        if (length >= 0) {
            lines.add("content-length");
            lines.add(Long.toString(length));
        }
        return Headers.of(lines.toArray(new String[0]));
    }

    private static void discard(Response origin) {
        Stream content = origin.getBody();
        if (content != null) {
            Promises.when(content.cancel(), done -> {}, failed -> {});
        }
    }
}
