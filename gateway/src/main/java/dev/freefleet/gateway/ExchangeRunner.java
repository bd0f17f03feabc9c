package dev.freefleet.gateway;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Exchange;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.RequestHead;
import dev.freefleet.edge.Step;
import dev.freefleet.edge.StoredAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange: performs each {@link Step} that the edge core says and feeds its {@link Event} back, until the client has
 * its answer. It lives on the event loop of the client's connection, from which it never moves.
 *
 * <p>Where a step can be done at once, the loop in {@link #drive} goes on; where it has to wait, the loop returns and
 * {@link #resume} goes on with the event. A hit is one pass without waiting.
 */
final class ExchangeRunner implements ClientStream.Listener, OriginCall.Listener, Flights.Waiter {
    private static final Logger log = LoggerFactory.getLogger(ExchangeRunner.class);
    private static final byte[] EMPTY = new byte[0];
    private static final int SLICE = 64 * 1024;
    private static final Event DONE = new Event.Done();
    static final int LEFT = 499;

    /** Where the request's content goes. */
    private enum Intake {
        NOWHERE,
        COLLECT,
        UPLOAD,
        DISCARD
    }

    private final Services services;
    private final Loop loop;
    private final RequestHead head;
    private final Exchange exchange;
    /** Whether it asks the origin behind a client's back: nobody reads its answer. */
    private final boolean behind;

    private final long startNanos;
    private ClientStream client;

    private Intake intake = Intake.NOWHERE;
    private @Nullable Collected collected;
    private int maxIntake;
    private long bytesIn;

    private @Nullable OriginCall call;
    private Step.@Nullable Fetch fetch;
    private long fetchMillis;
    private long fetchNanos;
    private long originMicros;
    private long originLength = -1;
    private boolean originOpen;
    private boolean originOver;
    private boolean originProven;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);

    private Flights.@Nullable Flight flight;
    private boolean leads;
    private @Nullable ScheduledFuture<?> flightTimer;
    private boolean coalesce = true;

    private int status;
    private boolean answering;
    private boolean over;
    private boolean detached;
    private long bytesOut;
    private Step.@Nullable StoreOrder order;
    private @Nullable Collected tee;
    private byte @Nullable [] sending;
    private int sent;
    private int sendEnd;
    private boolean sendingNow;

    /** Runs a client's request. */
    ExchangeRunner(Services services, Loop loop, ClientStream client, RequestHead head) {
        this(services, loop, client, head, services.edge().open(head), false);
    }

    private ExchangeRunner(
            Services services, Loop loop, ClientStream client, RequestHead head, Exchange exchange, boolean behind) {
        this.services = services;
        this.loop = loop;
        this.client = client;
        this.head = head;
        this.exchange = exchange;
        this.behind = behind;
        this.startNanos = loop.nanos();
        services.metrics().begun();
    }

    void start() {
        try {
            drive(exchange.start());
        } catch (RuntimeException fault) {
            fault(fault);
        }
    }

    private void resume(Event event) {
        if (over) {
            return;
        }
        try {
            drive(exchange.on(event));
        } catch (RuntimeException fault) {
            fault(fault);
        }
    }

    private void drive(Step first) {
        Step step = first;
        while (true) {
            Event event = switch (step) {
                case Step.VerifyKey key -> new Event.KeyVerified(services.keys().verify(key));
                case Step.TakeAllowances take -> taken(take);
                case Step.ReadBody read -> readBody(read.maxBytes());
                case Step.Digest digest -> new Event.Digested(loop.sha256(digest.material()));
                case Step.Lookup lookup -> lookup(lookup.cacheKey());
                case Step.Fetch wanted -> fetch(wanted);
                case Step.Update update -> update(update);
                case Step.Invalidate old -> {
                    old.cacheKeys().forEach(services.store()::remove);
                    yield DONE;
                }
                case Step.ReportHealth report -> services.health().report(report.kind());
                case Step.Respond answer -> {
                    respond(answer);
                    yield null;
                }
            };
            if (event == null) {
                return;
            }
            step = exchange.on(event);
        }
    }

    private Event taken(Step.TakeAllowances take) {
        Event.AllowancesTaken taken =
                new Event.AllowancesTaken(services.limiter().take(take.allowances()));
        services.metrics().allowances(take.allowances(), taken.results());
        return taken;
    }

    private @Nullable Event lookup(String key) {
        Lookup lookup = new Lookup();
        services.store().lookup(key, lookup);
        return lookup.atOnce();
    }

    /** The origin has confirmed a stored answer; whoever waits for the same may have it too. */
    private Event update(Step.Update update) {
        StoredAnswer updated = update.updated();
        HeldBody body = (HeldBody) update.stored().body();
        StoredAnswer kept = new StoredAnswer(
                updated.status(),
                updated.fields(),
                updated.requestMillis(),
                updated.responseMillis(),
                updated.selecting(),
                updated.indexVersion(),
                updated.tags(),
                new HeldBody(body.content(), updated.fields()));
        services.store().put(update.cacheKey(), kept);
        land(new Flights.Landing.Stored(List.of(kept)));
        return DONE;
    }

    /** A look-up's result: the loop takes it where it is there at once; else it comes later, on any thread. */
    private final class Lookup implements Consumer<List<StoredAnswer>> {
        private @Nullable Event found;
        private boolean waiting;

        @Override
        public void accept(List<StoredAnswer> variants) {
            Event event = new Event.Found(variants);
            if (loop.executor.inEventLoop() && !waiting) {
                found = event;
            } else {
                loop.executor.execute(() -> resume(event));
            }
        }

        @Nullable
        Event atOnce() {
            waiting = true;
            return found;
        }
    }

    // The request's content.

    private @Nullable Event readBody(int maxBytes) {
        if (!head.hasContent()) {
            return new Event.BodyRead(EMPTY);
        }
        if (head.contentLength() > maxBytes) {
            intake = Intake.DISCARD;
            return new Event.BodyTooLarge();
        }
        intake = Intake.COLLECT;
        maxIntake = maxBytes;
        collected = new Collected(head.contentLength());
        client.wantContent(true);
        return null;
    }

    @Override
    public void content(ByteBuf part, boolean last) {
        bytesIn += part.readableBytes();
        switch (intake) {
            case NOWHERE, DISCARD -> part.release();
            case COLLECT -> collect(part, last);
            case UPLOAD -> upload(part, last);
        }
    }

    private void collect(ByteBuf part, boolean last) {
        Collected content = Objects.requireNonNull(collected);
        if (bytesIn > maxIntake) {
            part.release();
            intake = Intake.DISCARD;
            collected = null;
            resume(new Event.BodyTooLarge());
            return;
        }
        content.add(part);
        part.release();
        if (last) {
            intake = Intake.DISCARD;
            collected = null;
            resume(new Event.BodyRead(content.bytes()));
        }
    }

    private void upload(ByteBuf part, boolean last) {
        OriginCall to = call;
        if (to == null) {
            part.release();
            return;
        }
        if (bytesIn > maxIntake) {
            part.release();
            intake = Intake.DISCARD;
            to.cancel();
            call = null;
            if (answering) {
                originBroke();
            } else {
                resume(new Event.StreamTooLarge());
            }
            return;
        }
        if (last) {
            intake = Intake.DISCARD;
        }
        to.upload(part, last);
        if (!last && !to.uploadWritable()) {
            client.wantContent(false);
        }
    }

    @Override
    public void uploadWritableAgain() {
        if (intake == Intake.UPLOAD && call != null && call.uploadWritable()) {
            client.wantContent(true);
        }
    }

    // The origin.

    private @Nullable Event fetch(Step.Fetch wanted) {
        dropCall();
        fetch = wanted;
        String key = wanted.coalesceKey();
        if (key != null && coalesce && !leads) {
            Flights.Joined joined = services.flights().join(key, this);
            flight = joined.flight();
            leads = joined.leads();
            if (!leads && behind) {
                joined.flight().leave(this); // somebody fetches it already, which is all that was wanted
                finish();
                return null;
            }
            if (!leads) {
                services.metrics().coalesced();
                flightTimer = loop.executor.schedule(
                        this::flightTooLong, services.config().coalesceWait().toNanos(), TimeUnit.NANOSECONDS);
                return null;
            }
        }
        ask(wanted);
        return null;
    }

    private void ask(Step.Fetch wanted) {
        boolean stream = wanted.request().streamContent() && head.hasContent();
        if (stream) {
            intake = Intake.UPLOAD;
            maxIntake = wanted.request().maxBytes();
            if (head.contentLength() > maxIntake) {
                intake = Intake.DISCARD;
                resume(new Event.StreamTooLarge());
                return;
            }
        }
        boolean replayable = wanted.coalesceKey() != null
                || switch (wanted.request().method()) {
                    case "GET", "HEAD", "OPTIONS", "QUERY" -> true;
                    default -> false;
                };
        originOpen = false;
        originOver = false;
        originLength = -1;
        fetchMillis = loop.millis();
        fetchNanos = loop.nanos();
        call = services.origin().call(loop, wanted.request(), stream, head.contentLength(), replayable, this);
        call.start();
    }

    private void dropCall() {
        OriginCall old = call;
        call = null;
        held.forEach(ByteBuf::release);
        held.clear();
        if (old != null) {
            old.ignoreRest();
        }
    }

    @Override
    public void landed(Flights.Landing landing) {
        loop.run(() -> {
            if (flightTimer != null) {
                flightTimer.cancel(false);
            }
            flight = null;
            Step.Fetch wanted = fetch;
            if (over || wanted == null) {
                return;
            }
            switch (landing) {
                case Flights.Landing.Stored stored -> resume(new Event.Coalesced(stored.variants()));
                case Flights.Landing.NotShared() -> {
                    coalesce = false;
                    ask(wanted);
                }
                case Flights.Landing.NextTries() -> fetch(wanted);
                case Flights.Landing.Failed failed -> resume(new Event.OriginFailed(failed.failure()));
            }
        });
    }

    /** The other's fetch takes too long: this one asks too, and whoever comes now waits for this one. */
    private void flightTooLong() {
        Flights.Flight slow = flight;
        Step.Fetch wanted = fetch;
        if (over || slow == null || wanted == null || leads || !slow.leave(this)) {
            return;
        }
        flight = services.flights().replace(Objects.requireNonNull(wanted.coalesceKey()));
        leads = true;
        ask(wanted);
    }

    private void land(Flights.Landing landing) {
        Flights.Flight led = flight;
        if (led != null && leads) {
            flight = null;
            leads = false;
            led.land(landing);
        }
    }

    @Override
    public void answered(int originStatus, Fields fields, long length) {
        originMicros += (loop.nanos() - fetchNanos) / 1000;
        services.metrics().originAnswered(loop.nanos() - fetchNanos);
        originLength = length;
        resume(new Event.OriginAnswered(originStatus, fields, fetchMillis, loop.millis()));
    }

    @Override
    public void failed(Event.Failure failure) {
        originMicros += (loop.nanos() - fetchNanos) / 1000;
        services.metrics().originFailed(failure);
        call = null;
        land(
                switch (failure) {
                    case UNREACHABLE, TIMEOUT -> new Flights.Landing.Failed(failure);
                    case BROKEN -> new Flights.Landing.NextTries();
                });
        resume(new Event.OriginFailed(failure));
    }

    @Override
    public void originContent(ByteBuf part) {
        if (!originOpen) {
            held.add(part);
            return;
        }
        Collected copy = tee;
        Step.StoreOrder ordered = order;
        if (copy != null && ordered != null) {
            if (copy.size() + part.readableBytes() > ordered.maxBytes()) {
                tee = null;
                land(new Flights.Landing.NotShared());
            } else {
                copy.add(part);
            }
        }
        bytesOut += part.readableBytes();
        client.part(part);
        holdBack();
    }

    /** A slow client slows the origin down, unless others wait for the copy that goes into the store, which is bounded. */
    private void holdBack() {
        if (call != null && !client.writable() && !(tee != null && flight != null && flight.hasWaiters())) {
            call.pause(true);
        }
    }

    @Override
    public void writableAgain() {
        if (sending != null) {
            sendStored();
        } else if (originOpen && call != null) {
            call.pause(false);
        }
    }

    @Override
    public void originReadComplete() {
        if (originOpen) {
            client.flush();
        }
    }

    @Override
    public void ended(boolean proven) {
        originOver = true;
        originProven = proven;
        call = null;
        if (originOpen) {
            originDone();
        }
    }

    private void originDone() {
        store();
        client.end();
        finish(); // before the bytes leave: whoever has the answer finds it counted
        client.flush();
    }

    /** An answer that has no content is complete with its head. */
    private void storeEmpty(Step.@Nullable StoreOrder ordered) {
        if (ordered != null) {
            put(ordered, EMPTY);
        }
    }

    private void put(Step.StoreOrder ordered, byte[] content) {
        Step.StoredHead stored = ordered.answerWithoutBody();
        StoredAnswer answer = stored.with(List.of(), new HeldBody(content, stored.fields()));
        services.store().put(ordered.cacheKey(), answer);
        land(new Flights.Landing.Stored(List.of(answer)));
    }

    /** Before the client sees the end: whoever asks the same next, finds it. */
    private void store() {
        Collected content = tee;
        Step.StoreOrder ordered = order;
        if (content == null || ordered == null || !originProven) {
            land(new Flights.Landing.NotShared());
            return;
        }
        put(ordered, content.bytes());
    }

    @Override
    public void broken() {
        call = null;
        if (answering) {
            originBroke();
        } else {
            resume(new Event.OriginFailed(Event.Failure.BROKEN));
        }
    }

    private void originBroke() {
        land(new Flights.Landing.NextTries());
        client.breakOff();
        finish();
    }

    // The answer.

    private void respond(Step.Respond answer) {
        answering = true;
        if (!detached) {
            status = answer.status();
        }
        boolean bare = head.method().equals("HEAD") || answer.status() == 204 || answer.status() == 304;
        switch (answer.content()) {
            case Step.Content.None none -> {
                storeEmpty(answer.store());
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
        }
    }

    private void whole(Step.Respond answer, @Nullable EncodedLines lines, long length, byte[] content) {
        dropCall();
        land(new Flights.Landing.NotShared());
        bytesOut = content.length;
        client.answer(answer.status(), answer.fields(), lines, length, content);
        finish();
        client.flush();
    }

    private void fromStore(Step.Respond answer, HeldBody body, int offset, int length, boolean bare) {
        byte[] content = body.content();
        if (bare || length <= SLICE) {
            boolean all = length == content.length;
            byte[] part = bare ? EMPTY : all ? content : Arrays.copyOfRange(content, offset, offset + length);
            whole(answer, body.lines(), length, part);
            return;
        }
        dropCall();
        land(new Flights.Landing.NotShared());
        client.begin(answer.status(), answer.fields(), body.lines(), length);
        sending = content;
        sent = offset;
        sendEnd = offset + length;
        sendStored();
    }

    private void sendStored() {
        byte[] content = sending;
        if (content == null || sendingNow) {
            return;
        }
        sendingNow = true;
        while (sent < sendEnd && client.writable()) {
            int size = Math.min(SLICE, sendEnd - sent);
            client.part(Unpooled.wrappedBuffer(content, sent, size));
            sent += size;
            bytesOut += size;
        }
        sendingNow = false;
        if (sent == sendEnd) {
            sending = null;
            client.end();
            finish();
            client.flush();
        } else {
            client.flush();
        }
    }

    private void fromOrigin(Step.Respond answer, boolean bare) {
        if (bare) {
            whole(answer, null, originLength, EMPTY);
            return;
        }
        order = answer.store();
        if (order != null && originLength <= order.maxBytes()) {
            tee = new Collected(originLength);
        } else {
            land(new Flights.Landing.NotShared());
        }
        client.begin(answer.status(), answer.fields(), null, originLength);
        originOpen = true;
        while (!held.isEmpty()) {
            originContent(held.poll());
        }
        if (originOver) {
            originDone();
        }
    }

    private void finish() {
        if (over) {
            return;
        }
        over = true;
        services.metrics().ended();
        if (behind) {
            return;
        }
        long micros = (loop.nanos() - startNanos) / 1000;
        services.metrics().finished(exchange.route(), status, exchange.cache(), micros);
        if (!services.usage().offer(exchange.finish(status, micros, originMicros, bytesIn, bytesOut))) {
            services.metrics().usageDropped();
        }
        Exchange background = exchange.background();
        if (background != null) {
            new ExchangeRunner(services, loop, Nobody.INSTANCE, head, background, true).start();
        }
    }

    @Override
    public void gone(int told) {
        if (over || detached) {
            return;
        }
        if (!answering) {
            status = told;
        }
        if (flightTimer != null) {
            flightTimer.cancel(false);
        }
        Flights.Flight mine = flight;
        if (mine != null && leads && call != null && intake != Intake.UPLOAD && !mine.abandon()) {
            detached = true;
            client = Nobody.INSTANCE;
            call.pause(false);
            return;
        }
        if (mine != null && !leads) {
            mine.leave(this);
        }
        land(new Flights.Landing.NextTries());
        OriginCall used = call;
        call = null;
        if (used != null) {
            used.cancel();
        }
        held.forEach(ByteBuf::release);
        held.clear();
        sending = null;
        finish();
    }

    private void fault(RuntimeException fault) {
        log.error("request {} on route {} failed by a fault of the gateway", head.id(), exchange.route(), fault);
        OriginCall used = call;
        call = null;
        if (used != null) {
            used.cancel();
        }
        land(new Flights.Landing.NextTries());
        if (over) {
            return;
        }
        if (answering) {
            client.breakOff();
        } else {
            status = 500;
            byte[] problem = Refusal.problem(500, "The gateway failed; its log has this request's id.");
            client.answer(500, Problems.fields(head.id()), null, problem.length, problem);
        }
        client.flush();
        over = true;
        services.metrics().ended();
        services.metrics().finished(exchange.route(), status, CacheOutcome.NONE, (loop.nanos() - startNanos) / 1000);
    }
}
