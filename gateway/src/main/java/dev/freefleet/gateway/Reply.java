package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Step;
import dev.freefleet.edge.StoredAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.SocketChannel;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An exchange's answer: from memory, from the store or from the origin, with a copy to the store. */
final class Reply {
    private static final byte[] EMPTY = new byte[0];
    private static final int SLICE = 64 * 1024;

    private final ExchangeRunner run;
    private boolean begun;
    private int status;
    private long bytesOut;
    private Step.@Nullable StoreOrder order;
    private @Nullable Collected copy;
    private @Nullable Tunnel tunnel;
    private byte @Nullable [] sending;
    private int sent;
    private int sendEnd;
    private boolean sendingNow;

    Reply(ExchangeRunner run) {
        this.run = run;
    }

    boolean isBegun() {
        return begun;
    }

    /** What the client was given, or will have been. */
    int status() {
        return status;
    }

    long bytesOut() {
        return tunnel == null ? bytesOut : tunnel.bytesOut();
    }

    /** What became of the connection, where it has left HTTP. */
    @Nullable
    Tunnel tunnel() {
        return tunnel;
    }

    /** The client left; {@code told} is what it was given for it, where there was no answer yet. */
    void left(int told) {
        if (!begun) {
            status = told;
        }
        sending = null;
    }

    void respond(Step.Respond answer) {
        begun = true;
        if (!run.isDetached()) {
            status = answer.status();
        }
        boolean bare = run.head().method().equals("HEAD") || answer.status() == 204 || answer.status() == 304;
        switch (answer.content()) {
            case Step.Content.None none -> {
                if (answer.store() != null) {
                    store(answer.store(), EMPTY); // an answer that has no content is whole with its head
                }
                whole(answer, null, none.length() < 0 && !bare ? 0 : none.length(), EMPTY);
            }
            case Step.Content.Bytes bytes -> whole(answer, null, bytes.bytes().length, bare ? EMPTY : bytes.bytes());
            case Step.Content.FromStore stored -> {
                HeldBody body = (HeldBody) stored.answer().body();
                fromStore(answer, body, 0, body.content().length, bare);
            }
            case Step.Content.FromStoreRange part ->
                fromStore(
                        answer,
                        (HeldBody) part.answer().body(),
                        Math.toIntExact(part.offset()),
                        Math.toIntExact(part.length()),
                        bare);
            case Step.Content.FromOrigin() -> fromOrigin(answer, bare);
            case Step.Content.Tunnel() -> tunnel(answer);
        }
    }

    private void tunnel(Step.Respond answer) {
        SocketChannel client = run.client().switchProtocol(answer.fields());
        if (client == null) {
            status = 400;
            run.fetching().abort();
            run.client().breakOff();
            run.finish();
            return;
        }
        Services services = run.services();
        services.tunnels().begun();
        tunnel = Tunnel.open(
                run.loop(),
                client,
                run.fetching().takeAway(),
                services.config().times().tunnel().toNanos(),
                services.draining().get(),
                () -> {
                    services.tunnels().ended();
                    run.finish();
                });
    }

    private void whole(Step.Respond answer, @Nullable EncodedLines lines, long length, byte[] content) {
        run.fetching().drop();
        run.fetching().land(new Flights.Landing.NotShared());
        bytesOut = content.length;
        run.client().answer(answer.status(), answer.fields(), lines, length, content);
        run.finish(); // before the bytes leave: whoever has the answer finds it counted
        run.client().flush();
    }

    private void fromStore(Step.Respond answer, HeldBody body, int offset, int length, boolean bare) {
        byte[] content = body.content();
        if (bare || length <= SLICE) {
            boolean all = length == content.length;
            byte[] part = bare ? EMPTY : all ? content : Arrays.copyOfRange(content, offset, offset + length);
            whole(answer, body.lines(), length, part);
            return;
        }
        run.fetching().drop();
        run.fetching().land(new Flights.Landing.NotShared());
        run.client().begin(answer.status(), answer.fields(), body.lines(), length);
        sending = content;
        sent = offset;
        sendEnd = offset + length;
        sendStored();
    }

    /** Sends as much as the client takes, slice by slice, so that slow readers do not copy a long answer each. */
    private void sendStored() {
        byte[] content = sending;
        if (content == null || sendingNow) {
            return;
        }
        sendingNow = true;
        while (sent < sendEnd && run.client().writable()) {
            int size = Math.min(SLICE, sendEnd - sent);
            run.client().part(Unpooled.wrappedBuffer(content, sent, size));
            sent += size;
            bytesOut += size;
        }
        sendingNow = false;
        if (sent == sendEnd) {
            sending = null;
            run.client().end();
            run.finish();
        }
        run.client().flush();
    }

    private void fromOrigin(Step.Respond answer, boolean bare) {
        long length = run.fetching().length();
        if (bare) {
            whole(answer, null, length, EMPTY);
            return;
        }
        order = answer.store();
        if (order != null && length <= order.maxBytes()) {
            copy = new Collected(length);
        } else {
            run.fetching().land(new Flights.Landing.NotShared());
        }
        run.client().begin(answer.status(), answer.fields(), null, length);
        run.fetching().open();
    }

    void originContent(ByteBuf part) {
        Collected into = copy;
        Step.StoreOrder ordered = order;
        if (into != null && ordered != null) {
            if (into.size() + part.readableBytes() > ordered.maxBytes()) {
                copy = null;
                run.fetching().land(new Flights.Landing.NotShared());
            } else {
                into.add(part);
            }
        }
        bytesOut += part.readableBytes();
        run.client().part(part);
        // A slow client slows the origin down, unless others wait for the copy, which is bounded.
        if (!run.client().writable() && !(copy != null && run.fetching().hasWaiters())) {
            run.fetching().pause(true);
        }
    }

    void originEnded(OriginListener.Ending ending) {
        Collected content = copy;
        Step.StoreOrder ordered = order;
        boolean proven = switch (ending) {
            case DELIMITED -> true;
            case CLOSED -> ordered != null && ordered.endsWithConnection();
        };
        if (content != null && ordered != null && proven) {
            store(ordered, content.bytes()); // before the client sees the end: whoever asks the same next, finds it
        } else {
            run.fetching().land(new Flights.Landing.NotShared());
        }
        run.client().end();
        run.finish();
        run.client().flush();
    }

    private void store(Step.StoreOrder ordered, byte[] content) {
        Step.StoredHead stored = ordered.answerWithoutBody();
        StoredAnswer answer = stored.with(
                ordered.tags().of(content), new HeldBody(content, run.loop().encoded(stored.fields())));
        run.store(ordered.cacheKey(), answer);
        run.fetching().land(new Flights.Landing.Stored(List.of(answer)));
    }

    void originBroke() {
        run.fetching().handOver();
        run.client().breakOff();
        run.finish();
    }

    void writableAgain() {
        if (sending != null) {
            sendStored();
        } else {
            run.fetching().pause(false);
        }
    }

    /** Too much content is held already. */
    void overloaded() {
        begun = true;
        status = 503;
        byte[] problem = Refusal.problem(503, "The gateway holds as much content as it may. Try again in a second.");
        bytesOut = problem.length;
        Fields fields = Problems.fields(run.head().id()).toBuilder()
                .add("retry-after", "1")
                .build();
        run.client().answer(503, fields, null, problem.length, problem);
        run.client().flush();
    }

    /** The gateway failed. */
    void fault() {
        if (begun) {
            run.client().breakOff();
            return;
        }
        status = 500;
        byte[] problem = Refusal.problem(500, "The gateway failed; its log has this request's id.");
        run.client().answer(500, Problems.fields(run.head().id()), null, problem.length, problem);
    }
}
