package dev.freefleet.worker;

import dev.freefleet.edge.CircuitBreaker;
import dev.freefleet.edge.Edge;
import dev.freefleet.worker.js.Context;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Platform;
import dev.freefleet.worker.js.Request;
import dev.freefleet.worker.js.Response;
import org.teavm.jso.core.JSPromise;

/**
 * What one isolate keeps between requests. Isolates come and go as the platform likes, several at once: nothing here is
 * the only copy of anything but the usage of the last seconds, which {@link Usage} looks after. One thread.
 */
final class Isolate {
    private static final int NANOS_PER_MILLI = 1_000_000;

    final Settings settings;
    final Platform platform;
    final Edge edge;
    final Counters counters = new Counters();
    final Limiter limiter = new Limiter();
    final Quotas quotas = new Quotas();
    final Underway underway = new Underway();
    final Keys keys = new Keys();
    final Flights flights = new Flights();
    final Changes changes = new Changes();
    final CircuitBreaker breaker = new CircuitBreaker(CircuitBreaker.Rule.USUAL);
    final RequestIds ids;
    final Sync sync;
    final Usage usage;
    final Answers answers;
    private double startMillis;

    Isolate(Settings settings, Platform platform) {
        this.settings = settings;
        this.platform = platform;
        this.edge = new Edge(settings.policy());
        this.ids = new RequestIds(platform);
        this.sync = new Sync(this);
        this.usage = new Usage(this);
        this.answers = new Answers(this);
    }

    JSPromise<Response> handle(Request request, Env env, Context context) {
        counters.requests++;
        if (startMillis == 0) {
            startMillis = platform.now(); // the platform's clock does not run before the first request
        }
        return new Run(this, env, context, request).begin();
    }

    long millis() {
        return (long) platform.now();
    }

    /** For what counts in nanoseconds; it stands still while no I/O is awaited, as the platform's clock does. */
    long nanos() {
        return millis() * NANOS_PER_MILLI;
    }

    /** Since the first request. */
    long uptimeMillis() {
        return (long) (platform.now() - startMillis);
    }

    /** 64 random bits, near enough: for jitter. */
    long random() {
        return (long) (platform.random() * (1L << 53));
    }

    /** Whether the origin is better not relied on: the fleet finds it down, or it fails the requests of this isolate. */
    boolean originIsAway() {
        FleetState state = sync.state();
        return breaker.state(nanos()) != CircuitBreaker.State.CLOSED || (state != null && state.brainDown());
    }
}
