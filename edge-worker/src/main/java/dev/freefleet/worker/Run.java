package dev.freefleet.worker;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Exchange;
import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RequestHead;
import dev.freefleet.edge.Step;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Context;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Platform;
import dev.freefleet.worker.js.Promises;
import dev.freefleet.worker.js.RateLimiter;
import dev.freefleet.worker.js.Request;
import dev.freefleet.worker.js.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * One exchange: performs each {@link Step} that the edge core says and feeds its {@link Event} back, until there is an
 * answer. Where a step can be done at once, the loop in {@link #drive} goes on; where it waits for a promise, the loop
 * returns and {@link #resume} goes on with the event. The origin is the business of {@link Fetching}, the answer that of
 * {@link Reply}.
 */
final class Run {
    private static final Event DONE = new Event.Done();

    /** The platform ends what a request has left to do 30 s after its client has left; what it has cost is recorded before. */
    private static final int LEFT_MILLIS = 15_000;

    /** What is recorded of those who left before they were answered, as the gateway does. */
    private static final int LEFT_STATUS = 499;

    final Isolate isolate;
    final Env env;
    final Context context;
    final Request request;
    final RequestHead head;
    final Body body;
    final Reply reply;
    private final boolean behind;
    private final long startMillis;
    private final List<Event> events = new ArrayList<>();
    final Underway.Held held;
    private final Promises.Settler<JSObject> end = new Promises.Settler<>();
    private Exchange exchange;
    /** What the exchange goes by. */
    private @Nullable FleetState opened;

    private Fetching fetching;
    private Replay replay = Replay.NOTHING;
    private List<StoredAnswer> found = List.of();
    private Changes.Mark mark;
    private @Nullable String lookedUp;
    private boolean fresh;
    private boolean askedKv;
    /** A text is shown that is no fleet key, and nothing else speaks against it so far. */
    private boolean maybeImported;

    private boolean over;
    private boolean gone;
    /** Ends the watch over the client: the runtime keeps a signal, and all that it leads to, until it collects the whole heap. */
    private Platform.@Nullable Task watching;

    private boolean goesOn;

    /** Runs a client's request. */
    Run(Isolate isolate, Env env, Context context, Request request) {
        this(isolate, env, context, request, isolate.millis());
    }

    private Run(Isolate isolate, Env env, Context context, Request request, long now) {
        this.isolate = isolate;
        this.env = env;
        this.context = context;
        this.request = request;
        this.head = RequestReader.read(request, isolate.ids.next(now), now);
        this.exchange = isolate.edge.open(head);
        this.opened = isolate.sync.state();
        this.behind = false;
        this.held = isolate.underway.begin(now);
        this.startMillis = now;
        this.mark = isolate.changes.mark(head.id());
        this.body = new Body(request, head);
        this.fetching = new Fetching(this);
        this.reply = new Reply(this);
    }

    /** Runs what is to be done behind a client's back; nobody reads its answer. */
    private Run(Run front, Exchange background) {
        isolate = front.isolate;
        env = front.env;
        context = front.context;
        request = front.request;
        head = front.head;
        exchange = background;
        opened = front.opened;
        behind = true;
        startMillis = isolate.millis();
        held = isolate.underway.begin(startMillis);
        body = front.body;
        found = front.found;
        mark = front.mark;
        fresh = true;
        fetching = new Fetching(this);
        reply = new Reply(this);
    }

    JSPromise<Response> begin() {
        // A client that leaves ends nothing: what the origin says is stored, and the request is recorded.
        context.waitUntil(end.promise());
        if (head.target().equals("/metrics") && head.method().equals("GET")) {
            held.end();
            reply.metrics();
            end.done();
        } else {
            watching = Js.whenGone(request, this::clientLeft);
            proceed(exchange::start);
        }
        return reply.promise();
    }

    // News of the fleet.

    private boolean isCurrent() {
        if (fresh || isolate.sync.isCurrent(isolate.millis())) {
            if (!fresh) {
                isolate.sync.tick(env, context);
            }
            fresh = true;
        }
        return fresh;
    }

    /** Whether the fleet was heard since the exchange began, which goes by what was known then. */
    @SuppressWarnings("ReferenceEquality") // each word of the fleet is an object of its own
    private boolean isOutdated() {
        return opened != isolate.sync.state();
    }

    /**
     * Whether the exchange may go on with this event, by which it decides on a key. If not, it is decided on anew with the
     * latest news and this event, or answered 503.
     *
     * @param key a key that is signed rightly, or null for a text that may be a key made elsewhere
     */
    private boolean mayDecide(Step.@Nullable VerifyKey key, Event event) {
        if (!isCurrent()) {
            events.add(event);
            fresh = true;
            isolate.sync.refresh(env, context, () -> {
                if (knowsKeys(key)) {
                    again();
                }
            });
            return false;
        }
        if (!knowsKeys(key)) {
            return false;
        }
        if (isOutdated()) {
            events.add(event);
            again();
            return false;
        }
        return true;
    }

    /** Waits for news, and decides anew from the beginning. */
    private void refresh() {
        fresh = true;
        isolate.sync.refresh(env, context, this::again);
    }

    /** Whether what is known allows to decide on a key; if not, the request is answered 503. */
    private boolean knowsKeys(Step.@Nullable VerifyKey key) {
        FleetState state = isolate.sync.state();
        boolean known = state != null
                && isolate.sync.holds(isolate.millis())
                && (state.complete() || key == null || state.keys().containsKey(keyId(key)));
        if (!known) {
            unknown();
        }
        return known;
    }

    private static long keyId(Step.VerifyKey key) {
        long id = 0;
        for (int i = 2; i < 10; i++) { // its place in a key, as KeyFormat says
            id = id << 8 | (key.signed()[i] & 0xff);
        }
        return id;
    }

    // The loop.

    private interface Start {
        Step step();
    }

    private void proceed(Start start) {
        if (over) {
            return;
        }
        try {
            drive(start.step());
        } catch (RuntimeException fault) {
            fault(fault);
        }
    }

    /** Goes on with the event that the last step waited for. */
    void resume(Event event) {
        events.add(event);
        proceed(() -> exchange.on(event));
    }

    private void drive(Step first) {
        Step step = first;
        while (true) {
            Event event = replay.of(step);
            if (event == null) {
                event = perform(step);
            }
            if (event == null) {
                return;
            }
            events.add(event);
            step = exchange.on(event);
        }
    }

    /** Performs a step; null where its event comes later. */
    private @Nullable Event perform(Step step) {
        return switch (step) {
            case Step.VerifyKey key -> {
                isolate.keys.verify(env, key, valid -> verified(key, valid));
                yield null;
            }
            case Step.TakeAllowances take -> take(take.allowances());
            case Step.CountQuotas count ->
                new Event.QuotasCounted(isolate.quotas.count(count.uses(), head.timeMillis()));
            case Step.Hold hold -> new Event.Held(held.place(hold.bucket(), hold.max()));
            case Step.ReadBody read -> {
                body.read(read.maxBytes(), held, this::resume, this::contentFailed);
                yield null;
            }
            case Step.Digest digest -> {
                Promises.when(
                        Js.sha256(Int8Array.fromJavaArray(digest.material())),
                        sha256 -> resume(new Event.Digested(new Int8Array(sha256).toJavaArray())),
                        failed -> fault(new IllegalStateException("digest")));
                yield null;
            }
            case Step.Normalize normalize -> new Event.Normalized(Js.folded(normalize.text()));
            case Step.Lookup lookup -> {
                lookup(lookup.cacheKey());
                yield null;
            }
            case Step.Fetch wanted -> {
                if (isCurrent()) {
                    fetching.fetch(wanted);
                } else {
                    refresh();
                }
                yield null;
            }
            case Step.Update update -> update(update);
            case Step.Invalidate old -> {
                invalidate(old.cacheKeys());
                yield null;
            }
            case Step.ReportHealth report -> HealthText.report(isolate, report.kind());
            case Step.Respond answer -> {
                respond(answer);
                yield null;
            }
        };
    }

    private void verified(Step.VerifyKey key, boolean valid) {
        Event event = new Event.KeyVerified(valid);
        if (!valid || mayDecide(key, event)) {
            resume(event);
        }
    }

    private @Nullable Event take(List<Step.Allowance> allowances) {
        FleetState state = isolate.sync.state();
        if (maybeImported && isRefusal(allowances) && state != null && !state.complete()) {
            unknown(); // it may be one of those that the fleet's word had no room for, and counts against nobody
            return null;
        }
        List<Gcra.Taken> results = isolate.limiter.take(allowances, isolate.nanos());
        if (results.stream().allMatch(Gcra.Taken::allowed)) {
            for (int i = 0; i < allowances.size(); i++) {
                RateLimiter binding = binding(allowances.get(i));
                if (binding != null) {
                    takeElsewhere(binding, allowances, results, i);
                    return null;
                }
            }
        }
        return taken(allowances, results);
    }

    /** Whether a key was refused, which is counted. */
    private static boolean isRefusal(List<Step.Allowance> allowances) {
        return allowances.size() == 1
                && allowances.getFirst().cost() > 0
                && allowances.getFirst().bucket().startsWith("refused:");
    }

    /**
     * The event of these results, or null where it comes later. A sender whose refused keys are looked at shows a text that
     * is no fleet key: what is known of those that were made elsewhere must be known before the core looks for it.
     */
    private @Nullable Event taken(List<Step.Allowance> allowances, List<Gcra.Taken> results) {
        Event event = new Event.AllowancesTaken(results);
        boolean maySeeKey = results.stream().allMatch(Gcra.Taken::allowed)
                && allowances.stream().anyMatch(allowance -> allowance.cost() == 0);
        maybeImported |= maySeeKey;
        return !maySeeKey || mayDecide(null, event) ? event : null;
    }

    private @Nullable RateLimiter binding(Step.Allowance allowance) {
        String bucket = allowance.bucket();
        if (allowance.cost() > 0 && bucket.startsWith("addr:")) {
            return Env.addressLimit(env);
        }
        // A key with a limit of its own may ask for more than any plan, and the binding has one limit for all.
        return bucket.startsWith("key:") && allowance.limit().perMinute() <= isolate.settings.keyLimit()
                ? Env.keyLimit(env)
                : null;
    }

    /** What all isolates of this place count together. It says yes or no, and of no how long no longer than its period. */
    private void takeElsewhere(
            RateLimiter binding, List<Step.Allowance> allowances, List<Gcra.Taken> results, int which) {
        Promises.when(
                RateLimiter.limit(binding, allowances.get(which).bucket()),
                outcome -> {
                    if (!RateLimiter.Outcome.isWithin(outcome)) {
                        long wait =
                                Math.min(60_000, allowances.get(which).limit().periodMillis());
                        results.set(which, new Gcra.Taken(false, 0, wait, wait));
                    }
                    takenElsewhere(allowances, results);
                },
                failed -> takenElsewhere(allowances, results));
    }

    private void takenElsewhere(List<Step.Allowance> allowances, List<Gcra.Taken> results) {
        Event event = taken(allowances, results);
        if (event != null) {
            resume(event);
        }
    }

    private void lookup(String key) {
        if (!isCurrent()) {
            refresh();
            return;
        }
        if (!behind && isOutdated()) {
            again();
            return;
        }
        lookedUp = key;
        mark = isolate.changes.mark(head.id());
        isolate.answers.lookup(env, context, held, key, mark, this::found);
    }

    private void found(List<StoredAnswer> answers, boolean fromKv) {
        askedKv |= fromKv;
        found = answers;
        resume(new Event.Found(answers));
    }

    /** The origin has confirmed a stored answer; whoever waits for the same may have it too. */
    private Event update(Step.Update update) {
        isolate.answers.put(context, update.cacheKey(), found, update.updated(), mark);
        fetching.land(new Flights.Landing.Stored(List.of(update.updated())));
        return DONE;
    }

    /** What was asked of the origin before this request has changed it comes back to nobody who asks after it. */
    private void invalidate(List<String> cacheKeys) {
        for (String key : cacheKeys) {
            isolate.changes.add(key, isolate.millis(), head.id());
            isolate.flights.forget(key);
        }
        isolate.answers.remove(cacheKeys, () -> resume(DONE));
    }

    /**
     * The origin failed, and nothing was stored here that could stand in for it. There may be something in KV, and then
     * the request is decided on with that.
     */
    void originFailed(Event.OriginFailed failure, boolean hasStale) {
        String key = lookedUp;
        if (hasStale || behind || askedKv || key == null) {
            resume(failure);
            return;
        }
        askedKv = true;
        isolate.answers.fromKv(env, context, key, mark, answers -> {
            if (answers.isEmpty()) {
                resume(failure);
                return;
            }
            found = answers;
            events.removeIf(event -> event instanceof Event.Found);
            events.add(new Event.Found(answers));
            events.add(failure);
            again();
        });
    }

    private void again() {
        proceed(() -> {
            replay = new Replay(List.copyOf(events));
            events.clear();
            exchange = isolate.edge.open(head);
            opened = isolate.sync.state();
            return exchange.start();
        });
    }

    private void respond(Step.Respond answer) {
        if (fetching.isSlow()) {
            letFetchGoOn();
        }
        reply.respond(answer, fetching);
    }

    private void unknown() {
        reply.problem(503, "What the fleet knows of keys cannot be reached. Try again in a while.", 5);
    }

    /** The client is answered without the origin, whose answer the exchange behind its back waits for. */
    private void letFetchGoOn() {
        Exchange background = exchange.background();
        if (background == null) {
            return;
        }
        goesOn = true;
        Run other = new Run(this, background);
        other.fetching = fetching;
        fetching.goOnFor(other);
        fetching = new Fetching(this);
        context.waitUntil(other.end.promise());
        other.proceed(background::start);
    }

    /** The exchange is over: records it. Called once, when the answer's content is known to have been sent. */
    void finish(int status, long bytesOut) {
        if (over) {
            return;
        }
        over = true;
        if (watching != null) {
            watching.run();
            watching = null;
        }
        held.end();
        fetching.land(new Flights.Landing.NotShared());
        fetching.unwatch();
        if (behind) {
            end.done();
            return;
        }
        long micros = (isolate.millis() - startMillis) * 1_000;
        isolate.counters.finished(exchange.route(), status, exchange.cache().label());
        isolate.usage.add(
                exchange.finish(status, micros, fetching.originMicros(), body.bytesIn(), bytesOut), env, context);
        Exchange background = exchange.background();
        if (background != null && !goesOn) {
            Run other = new Run(this, background);
            context.waitUntil(other.end.promise());
            other.proceed(background::start);
        }
        end.done();
    }

    /** An answer that nobody waits for is still worth having, for as long as the platform lets the request go on. */
    private void clientLeft() {
        gone = true;
        if (reply.hasBegun()) {
            fetching.end();
        } else if (!over) {
            isolate.platform.limit(LEFT_MILLIS, () -> {
                if (!over) {
                    fetching.land(new Flights.Landing.GivenUp());
                    finish(LEFT_STATUS, 0);
                    fetching.end();
                }
            });
        }
    }

    /** Does this; where it fails by a fault of the Worker, the client is told. */
    void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException fault) {
            fault(fault);
        }
    }

    private void contentFailed(Body.Fault fault) {
        switch (fault) {
            case BROKEN_OFF -> reply.problem(400, "The content did not come to its end.", 0);
            case NO_ROOM -> reply.problem(503, "The edge holds too many contents at once. Try again in a moment.", 1);
        }
    }

    void fault(RuntimeException fault) {
        isolate.counters.faults++;
        Js.log("request " + head.id() + " on route " + exchange.route() + " failed by a fault of the Worker: " + fault);
        reply.problem(500, "The edge failed; its log has this request's id.", 0);
    }

    /** When what is stored was looked up. */
    Changes.Mark mark() {
        return mark;
    }

    /** What was found under the key that was looked up. */
    List<StoredAnswer> variants() {
        return found;
    }

    boolean isBehind() {
        return behind;
    }

    /** Whether its client has left. */
    boolean isGone() {
        return gone;
    }

    boolean isOver() {
        return over;
    }
}
