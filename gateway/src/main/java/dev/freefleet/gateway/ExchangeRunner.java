package dev.freefleet.gateway;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Exchange;
import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RequestHead;
import dev.freefleet.edge.Step;
import dev.freefleet.edge.StoredAnswer;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exchange: performs each {@link Step} that the edge core says and feeds its {@link Event} back, until the client has
 * its answer. It lives on the event loop of the client's connection, from which it never moves.
 *
 * <p>Where a step can be done at once, the loop in {@link #drive} goes on; where it has to wait, the loop returns and
 * {@link #resume} goes on with the event. A hit is one pass without waiting. The request's content is the business of
 * {@link Intake}, the origin that of {@link Fetching}, the answer that of {@link Reply}.
 */
final class ExchangeRunner implements Served {
    static final int LEFT = 499;
    private static final Logger log = LoggerFactory.getLogger(ExchangeRunner.class);
    private static final Event DONE = new Event.Done();

    private final Services services;
    private final Loop loop;
    private final RequestHead head;
    private final Exchange exchange;
    /** Whether it asks the origin behind a client's back: nobody reads its answer. */
    private final boolean behind;

    private final boolean accounted;

    private final long startNanos;
    private final Intake intake = new Intake(this);
    private Fetching fetching = new Fetching(this);
    private final Reply reply = new Reply(this);
    private ClientStream client;
    private List<String> places = List.of();
    private boolean detached;
    private boolean over;
    private boolean goesOn;
    /** How many purges there were when it looked up what it may confirm. */
    private long purgesBefore;

    /**
     * Runs a client's request.
     *
     * @param accounted whether another edge, which passed it on, counts its quotas and records its usage
     */
    ExchangeRunner(Services services, Loop loop, ClientStream client, RequestHead head, boolean accounted) {
        this(services, loop, client, head, services.edge().open(head), false, accounted);
    }

    private ExchangeRunner(
            Services services,
            Loop loop,
            ClientStream client,
            RequestHead head,
            Exchange exchange,
            boolean behind,
            boolean accounted) {
        this.services = services;
        this.loop = loop;
        this.client = client;
        this.head = head;
        this.exchange = exchange;
        this.behind = behind;
        this.accounted = accounted;
        this.startNanos = loop.nanos();
        services.metrics().begun();
    }

    @Override
    public void start() {
        try {
            drive(exchange.start());
        } catch (RuntimeException fault) {
            fault(fault);
        }
    }

    /** Goes on with the event that the last step waited for. */
    void resume(Event event) {
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
                case Step.CountQuotas count -> counted(count);
                case Step.Hold hold -> hold(hold);
                case Step.ReadBody read -> intake.collect(read.maxBytes());
                case Step.Digest digest -> new Event.Digested(loop.sha256(digest.material()));
                case Step.Normalize normalize -> new Event.Normalized(QuestionText.normalize(normalize.text()));
                case Step.Lookup lookup -> lookup(lookup.cacheKey());
                case Step.Fetch wanted -> fetching.fetch(wanted);
                case Step.Update update -> update(update);
                case Step.Invalidate old -> {
                    old.cacheKeys().forEach(this::remove);
                    yield DONE;
                }
                case Step.ReportHealth report -> services.health().report(report.kind());
                case Step.Respond answer -> {
                    if (fetching.isSlow()) {
                        letFetchGoOn();
                    }
                    reply.respond(answer);
                    yield null;
                }
            };
            if (event == null) {
                return;
            }
            step = exchange.on(event);
        }
    }

    /** The client is answered without the origin, whose answer the exchange behind its back waits for. */
    private void letFetchGoOn() {
        Fetching going = fetching;
        Exchange background = exchange.background();
        fetching = new Fetching(this, going.originMicros());
        if (background == null || !going.isAsking()) {
            going.cancel();
            return;
        }
        goesOn = true;
        ExchangeRunner other = behind(background);
        other.fetching = going;
        going.goOnFor(other);
        other.start();
    }

    private @Nullable Event taken(Step.TakeAllowances take) {
        SharedLimits shared = services.sharedLimits();
        if (shared != null) {
            Later later = new Later();
            shared.take(take.allowances(), results -> later.accept(taken(take, results)));
            return later.atOnce();
        }
        return taken(take, services.limiter().take(take.allowances()));
    }

    private Event taken(Step.TakeAllowances take, List<Gcra.Taken> results) {
        services.metrics().allowances(take.allowances(), results);
        return new Event.AllowancesTaken(results);
    }

    private @Nullable Event counted(Step.CountQuotas count) {
        if (accounted) {
            return new Event.QuotasCounted(
                    count.uses().stream().map(Step.QuotaUse::requests).toList());
        }
        SharedLimits shared = services.sharedLimits();
        if (shared != null) {
            Later later = new Later();
            shared.count(count.uses(), remaining -> later.accept(counted(remaining)));
            return later.atOnce();
        }
        return counted(services.quotas().count(count.uses()));
    }

    private Event counted(List<Long> remaining) {
        if (remaining.contains(-1L)) {
            services.metrics().refusedBy("quota");
        }
        return new Event.QuotasCounted(remaining);
    }

    private Event hold(Step.Hold wanted) {
        boolean held = services.places().hold(wanted.bucket(), wanted.max());
        if (held) {
            places = places.isEmpty() ? List.of(wanted.bucket()) : with(places, wanted.bucket());
        } else {
            services.metrics().refusedBy("concurrency");
        }
        return new Event.Held(held);
    }

    private static List<String> with(List<String> places, String place) {
        List<String> all = new ArrayList<>(places);
        all.add(place);
        return all;
    }

    private @Nullable Event lookup(String key) {
        purgesBefore = services.purges().count();
        Lookup lookup = new Lookup();
        services.store().lookup(key, lookup);
        return lookup.atOnce();
    }

    /** What other gateways have a say in: it comes at once, or later on any thread. */
    private final class Later {
        private @Nullable Event event;
        private boolean waiting;

        void accept(Event now) {
            if (loop.executor.inEventLoop() && !waiting) {
                event = now;
            } else {
                loop.executor.execute(() -> resume(now));
            }
        }

        @Nullable
        Event atOnce() {
            waiting = true;
            return event;
        }
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
        store(update.cacheKey(), kept, purgesBefore);
        fetching.land(new Flights.Landing.Stored(List.of(kept)));
        return DONE;
    }

    /** What was asked of the origin before this request has changed it comes back to nobody who asks after it. */
    private void remove(String key) {
        services.purges().removed(key, head.id());
        services.flights().forget(key);
        services.store().remove(key);
    }

    /** Keeps an answer of the origin, unless it was purged since the origin was asked for it. */
    void store(String key, StoredAnswer answer) {
        store(key, answer, fetching.purgesBefore());
    }

    private void store(String key, StoredAnswer answer, long then) {
        if (!services.purges().took(then, key, answer, head.id())) {
            services.store().put(key, answer);
            if (services.purges().took(then, key, answer, head.id())) {
                services.store().remove(key); // the purge came in between, and may have passed the place already
            }
        }
    }

    @Override
    public void content(ByteBuf part, boolean last) {
        intake.content(part, last);
    }

    @Override
    public void writableAgain() {
        reply.writableAgain();
    }

    @Override
    public void gone(int told) {
        if (over || detached) {
            return;
        }
        reply.left(told);
        if (!intake.isUploading() && fetching.isAwaitedByOthers()) {
            detached = true;
            client = Nobody.INSTANCE;
            fetching.pause(false);
            return;
        }
        fetching.cancel();
        finish();
    }

    /** The exchange is over: counts and records it. */
    void finish() {
        if (over) {
            return;
        }
        ended();
        if (behind) {
            return;
        }
        Tunnel tunnel = reply.tunnel(); // its latency is that of its 101, not how long it was used
        long micros = ((tunnel == null ? loop.nanos() : tunnel.openedNanos()) - startNanos) / 1000;
        services.metrics().finished(exchange.route(), reply.status(), exchange.cache(), micros);
        if (!accounted
                && !services.usage()
                        .offer(exchange.finish(
                                reply.status(), micros, fetching.originMicros(), intake.bytesIn(), reply.bytesOut()))) {
            services.metrics().usageDropped();
        }
        Exchange background = exchange.background();
        if (background != null && !goesOn) {
            behind(background).start();
        }
    }

    /** The exchange behind the client's back, which has what this one has looked up. */
    private ExchangeRunner behind(Exchange background) {
        ExchangeRunner other = new ExchangeRunner(services, loop, Nobody.INSTANCE, head, background, true, accounted);
        other.purgesBefore = purgesBefore;
        other.intake.inherit(intake);
        return other;
    }

    /** There is no room for the request's content. */
    void overloaded() {
        services.metrics().refusedBy("content");
        reply.overloaded();
        finish();
    }

    private void ended() {
        over = true;
        intake.release();
        services.metrics().ended();
        places.forEach(services.places()::release);
    }

    private void fault(RuntimeException fault) {
        log.error("request {} on route {} failed by a fault of the gateway", head.id(), exchange.route(), fault);
        fetching.cancel();
        if (over) {
            return;
        }
        reply.fault();
        client.flush();
        ended();
        services.metrics()
                .finished(exchange.route(), reply.status(), CacheOutcome.NONE, (loop.nanos() - startNanos) / 1000);
    }

    // What its parts need of it.

    Services services() {
        return services;
    }

    Loop loop() {
        return loop;
    }

    RequestHead head() {
        return head;
    }

    ClientStream client() {
        return client;
    }

    Intake intake() {
        return intake;
    }

    Fetching fetching() {
        return fetching;
    }

    Reply reply() {
        return reply;
    }

    boolean isBehind() {
        return behind;
    }

    boolean isDetached() {
        return detached;
    }

    boolean isOver() {
        return over;
    }
}
