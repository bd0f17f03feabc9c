package dev.freefleet.worker;

import dev.freefleet.edge.CircuitBreaker;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.OriginRequest;
import dev.freefleet.edge.Step;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Promises;
import dev.freefleet.worker.js.Response;
import dev.freefleet.worker.js.Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSObject;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * An exchange's dealings with the origin: its fetch, and its part in a flight. A fetch that is slow may go on for another
 * exchange when its own has been answered.
 */
final class Fetching {
    /** How long a request waits for another's fetch of the same before it asks itself. */
    private static final long FLIGHT_MILLIS = 10_000;

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private Run run;
    private Flights.@Nullable Flight leads;
    private @Nullable JSObject slowTimer;
    private @Nullable Response answer;
    private long length = -1;
    private @Nullable Event waitingEvent;
    private boolean slow;
    private boolean adopted;
    private @Nullable JSObject under;
    private @Nullable JSObject stallTimer;
    private long progressMillis;
    private boolean paused;
    private long sentMillis;
    private long originMillis;

    Fetching(Run run) {
        this.run = run;
    }

    long originMicros() {
        return originMillis * 1_000;
    }

    boolean isSlow() {
        return slow;
    }

    /** Goes on for this exchange, whose first step is the fetch that is under way. */
    void goOnFor(Run other) {
        run = other;
        slow = false;
        adopted = true;
    }

    void fetch(Step.Fetch fetch) {
        if (adopted) {
            adopted = false; // it is under way
            Event event = waitingEvent;
            if (event != null) {
                waitingEvent = null;
                run.resume(event);
            }
            return;
        }
        drop();
        if (fetch.slowMillis() > 0) {
            slowTimer = run.isolate.platform.limit((int) fetch.slowMillis(), this::slow);
        }
        String key = fetch.coalesceKey();
        if (key == null || leads != null) {
            ask(fetch); // who leads a flight goes on leading it, also where it asks once more
        } else {
            join(key, fetch);
        }
    }

    private void join(String key, Step.Fetch fetch) {
        Flights.Joined joined = run.isolate.flights.join(key, run.isolate.millis());
        if (joined.leads()) {
            lead(joined.flight(), fetch);
        } else if (run.isBehind()) {
            run.finish(0, 0); // somebody else asks, which is all that was wanted
        } else {
            new Wait(key, fetch).on(joined.flight());
        }
    }

    private void lead(Flights.Flight flight, Step.Fetch fetch) {
        leads = flight;
        ask(fetch);
    }

    /** A step's waiting for others' fetches of the same. */
    private final class Wait {
        private final String key;
        private final Step.Fetch fetch;
        private @Nullable JSObject timer;
        private boolean settled;

        Wait(String key, Step.Fetch fetch) {
            this.key = key;
            this.fetch = fetch;
        }

        void on(Flights.Flight flight) {
            int patience = (int) Math.min(FLIGHT_MILLIS, fetch.request().timeoutMillis());
            timer = run.isolate.platform.limit(patience, () -> outOfPatience(flight));
            flight.await(this::landed);
        }

        /** The first of those who have waited too long asks; the others wait for that fetch too, beside the one before it. */
        private void outOfPatience(Flights.Flight flight) {
            timer = null;
            if (settled || run.isOver()) {
                return;
            }
            run.isolate.flights.abandon(flight);
            Flights.Joined joined = run.isolate.flights.join(key, run.isolate.millis());
            if (joined.leads()) {
                settled = true;
                lead(joined.flight(), fetch);
            } else {
                on(joined.flight());
            }
        }

        private void landed(Flights.Landing landing) {
            if (settled) {
                return;
            }
            settled = true;
            if (timer != null) {
                run.isolate.platform.cancel(timer);
            }
            if (run.isOver()) {
                return;
            }
            switch (landing) {
                case Flights.Landing.Stored(var variants) -> tell(new Event.Coalesced(variants));
                case Flights.Landing.Failed(var failure) -> failed(failure, fetch);
                case Flights.Landing.NotShared() -> alone(fetch);
                case Flights.Landing.GivenUp() -> join(key, fetch);
            }
        }
    }

    /** What the other got is for nobody else. */
    private void alone(Step.Fetch fetch) {
        if (run.isBehind()) {
            run.finish(0, 0);
        } else {
            ask(fetch);
        }
    }

    private void slow() {
        slowTimer = null;
        if (!run.isOver()) {
            slow = true;
            run.resume(new Event.OriginSlow());
        }
    }

    private void tell(Event event) {
        if (slowTimer != null) {
            run.isolate.platform.cancel(slowTimer);
            slowTimer = null;
        }
        if (adopted) {
            waitingEvent = event;
        } else {
            run.resume(event);
        }
    }

    private void ask(Step.Fetch fetch) {
        Isolate isolate = run.isolate;
        long ticket = isolate.breaker.admit(isolate.nanos());
        if (ticket == CircuitBreaker.REFUSED) {
            long seconds = isolate.breaker.retryAfterNanos(isolate.nanos()) / NANOS_PER_SECOND + 1;
            failed(new Event.OriginFailed(Event.Failure.CIRCUIT_OPEN, seconds), fetch);
            return;
        }
        OriginRequest request = fetch.request();
        isolate.counters.originFetches++;
        sentMillis = isolate.millis();
        JSObject abort = Js.abortController();
        under = abort;
        boolean[] ended = new boolean[2]; // by time, by length
        JSObject timer = isolate.platform.limit((int) request.timeoutMillis(), () -> {
            ended[0] = true;
            Js.abort(abort);
        });
        Promises.when(
                Js.fetch(
                        isolate.platform,
                        isolate.settings.originUrl() + request.target(),
                        request.method(),
                        headers(request),
                        content(request, () -> {
                            ended[1] = true;
                            Js.abort(abort);
                        }),
                        Js.signal(abort)),
                response -> {
                    isolate.platform.cancel(timer);
                    answered(response, fetch, ticket);
                },
                reason -> {
                    isolate.platform.cancel(timer);
                    originMillis += isolate.millis() - sentMillis;
                    if (run.isOver()) {
                        isolate.breaker.abandoned(ticket); // its client left, which says nothing about the origin
                        return;
                    }
                    if (ended[1]) {
                        isolate.breaker.abandoned(ticket);
                        tell(new Event.StreamTooLarge());
                        return;
                    }
                    Event.Failure failure = ended[0] ? Event.Failure.TIMEOUT : OriginFailures.of(Js.message(reason));
                    if (request.streamContent() && run.body.isOfClient(failure)) {
                        // A client that breaks off or dawdles says nothing about the origin.
                        isolate.breaker.abandoned(ticket);
                        failed(new Event.OriginFailed(failure), fetch);
                        return;
                    }
                    failed(failure, fetch, ticket);
                });
    }

    private void answered(Response response, Step.Fetch fetch, long ticket) {
        Isolate isolate = run.isolate;
        long now = isolate.millis();
        originMillis += now - sentMillis;
        int status = response.getStatus();
        Fields fields = Codings.decoded(Fields.of(Headers.lines(response.getHeaders())));
        Event.Failure failure = OriginFailures.of(status, fields);
        if (failure != null) {
            cancel(response);
            failed(failure, fetch, ticket);
            return;
        }
        if (status == 502 || status == 503 || status == 504) {
            isolate.breaker.failed(ticket, isolate.nanos(), isolate.random());
        } else {
            isolate.breaker.succeeded(ticket, isolate.nanos());
        }
        if (run.isOver()) {
            cancel(response);
            return;
        }
        answer = response;
        progressMillis = now;
        watch(isolate.settings.stallMillis());
        length = declared(fields.first("content-length"));
        tell(new Event.OriginAnswered(status, fields, sentMillis, now));
    }

    /** A part of the content has come, and no other is wanted before the client has taken it. */
    void pause() {
        paused = true;
    }

    /** The next part of the content is wanted from now on. */
    void goOn(long nowMillis) {
        paused = false;
        progressMillis = nowMillis;
    }

    /** Ends a fetch whose content comes to a standstill. */
    private void watch(long millis) {
        stallTimer = run.isolate.platform.limit((int) millis, () -> {
            long patience = run.isolate.settings.stallMillis();
            long left = paused ? patience : progressMillis + patience - run.isolate.millis();
            if (left > 0) {
                watch(left);
            } else {
                stallTimer = null;
                end();
            }
        });
    }

    /** Whether the content stands still is no longer seen from here. */
    void unwatch() {
        JSObject timer = stallTimer;
        if (timer != null) {
            stallTimer = null;
            run.isolate.platform.cancel(timer);
        }
    }

    /** Breaks the fetch off, head or content. */
    void end() {
        JSObject controller = under;
        if (controller != null) {
            Js.abort(controller);
        }
    }

    private void failed(Event.Failure failure, Step.Fetch fetch, long ticket) {
        run.isolate.breaker.failed(ticket, run.isolate.nanos(), run.isolate.random());
        run.isolate.counters.originFailures++;
        failed(new Event.OriginFailed(failure), fetch);
    }

    private void failed(Event.OriginFailed failure, Step.Fetch fetch) {
        land(new Flights.Landing.Failed(failure));
        if (adopted || slow) {
            tell(failure);
            return;
        }
        if (slowTimer != null) {
            run.isolate.platform.cancel(slowTimer);
            slowTimer = null;
        }
        run.originFailed(failure, fetch.hasStale());
    }

    private Headers.Init headers(OriginRequest request) {
        List<String> lines = new ArrayList<>(2 * request.fields().size() + 8);
        // What only an edge may say comes from no client.
        request.fieldsWithout(run.isolate.settings.secretHeader()).forEach((name, value) -> {
            if (!name.equals("accept-encoding")) {
                lines.add(name);
                lines.add(value);
            }
        });
        // The platform would decode what is stored, and encodes what goes to clients as each of them likes.
        add(lines, "accept-encoding", "identity");
        if (run.isolate.settings.originIsGateway()) {
            add(lines, "fleet-edge", Env.edgeToken(run.env));
            String client = run.head.fields().first("cf-connecting-ip");
            if (client != null) {
                add(lines, "fleet-client", client);
            }
            String key = shownKey(run.head.fields());
            if (key != null) {
                add(lines, "x-api-key", key);
            }
        } else {
            addIfSet(lines, "x-api-key", Env.originKey(run.env));
            addIfSet(lines, run.isolate.settings.secretHeader(), Env.originSecret(run.env));
        }
        return Headers.of(lines.toArray(new String[0]));
    }

    private static void add(List<String> lines, String name, String value) {
        lines.add(name);
        lines.add(value);
    }

    private static void addIfSet(List<String> lines, String name, String value) {
        if (!value.isEmpty()) {
            add(lines, name, value);
        }
    }

    private static @Nullable String shownKey(Fields fields) {
        String key = fields.first("x-api-key");
        String authorization = fields.first("authorization");
        if (key != null || authorization == null) {
            return key;
        }
        String scheme = "bearer ";
        return authorization.regionMatches(true, 0, scheme, 0, scheme.length())
                ? authorization.substring(scheme.length()).trim()
                : null;
    }

    private @Nullable JSObject content(OriginRequest request, Runnable tooLarge) {
        if (request.method().equals("GET") || request.method().equals("HEAD")) {
            return null; // the runtime refuses to fetch with content, which has no meaning there (RFC 9110 section
            // 9.3.1)
        }
        byte[] content = request.content();
        if (content != null) {
            return Int8Array.fromJavaArray(content);
        }
        Stream stream = request.streamContent() ? run.body.stream(request.maxBytes(), tooLarge) : null;
        return stream;
    }

    /** What the origin's answer declares as the length of the content that is read here, or -1. */
    long length() {
        return length;
    }

    /** The value of a Content-Length, or -1. */
    static long declared(@Nullable String length) {
        if (length == null || length.length() > 15) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < length.length(); i++) {
            value = value * 10 + length.charAt(i) - '0';
        }
        return value;
    }

    /** The origin's answer, if there is one, is of no use. */
    void drop() {
        unwatch();
        Response old = answer;
        answer = null;
        if (old != null) {
            cancel(old);
        }
    }

    /** The origin's answer, which belongs to the caller from now on. */
    @Nullable
    Response take() {
        Response taken = answer;
        answer = null;
        return taken;
    }

    /** Nobody reads this answer. */
    static void cancel(Response response) {
        Stream content = response.getBody();
        if (content != null) {
            Promises.when(content.cancel(), done -> {}, failed -> {});
        }
    }

    /** Tells those who wait for the same. */
    void land(Flights.Landing landing) {
        Flights.Flight mine = leads;
        if (mine != null) {
            leads = null;
            run.isolate.flights.land(mine, landing);
        }
    }
}
