package dev.freefleet.worker;

import dev.freefleet.worker.js.Cache;
import dev.freefleet.worker.js.Context;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.Promises;
import dev.freefleet.worker.js.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSObject;
import org.teavm.jso.core.JSString;

/**
 * What this isolate knows of the fleet. It is asked in the background, every few seconds while requests come; a request
 * that needs what is known waits where that is older than a revocation may be, as it is in an isolate that is new or was
 * idle. When the fleet does not answer, what it said last holds for as long as it said. That outlasts an isolate: it lies
 * in the Cache API beside the answers.
 */
final class Sync {
    private static final String PATH = "/.fleet/edge/sync";
    private static final String RECEIVED = "fleet-received";
    /** What is known may be so old before a request waits for news; with the time of a call it is under 15 s. */
    private static final long MAX_AGE_MILLIS = 10_000;

    private static final long USUAL_POLL_MILLIS = 5_000;
    private static final int PATIENCE_MILLIS = 3_000;
    /** A call comes to its end before those give up who wait for it, among them the request that makes it and would take it along. */
    private static final int WAIT_MILLIS = PATIENCE_MILLIS + 500;

    private static final long MAX_BACKOFF_MILLIS = 60_000;

    private final Isolate isolate;
    private final String last;
    /** What those wait for who want to know. */
    private final List<Promises.Settler<JSObject>> waiting = new ArrayList<>();

    private @Nullable FleetState state;
    private String etag = "";
    private long heardMillis;
    private long nextMillis;
    private long pollMillis = USUAL_POLL_MILLIS;
    private int failures;
    private long askedMillis;
    private boolean asking;
    private boolean recalled;
    private String lastText = "";
    private long rememberedMillis;

    Sync(Isolate isolate) {
        this.isolate = isolate;
        this.last = isolate.settings.cachePlace() + "sync";
    }

    @Nullable
    FleetState state() {
        return state;
    }

    /** Since the fleet was heard last, or -1. */
    long ageMillis(long now) {
        return heardMillis == 0 ? -1 : now - heardMillis;
    }

    /** Whether the fleet does not answer at the moment. */
    boolean isFleetAway() {
        return failures > 0;
    }

    /** Whether what is known still holds. */
    boolean holds(long now) {
        FleetState known = state;
        return known != null && now - heardMillis <= known.holdMillis();
    }

    /** Whether a request may go by what is known without waiting for news. */
    boolean isCurrent(long now) {
        boolean young = heardMillis != 0 && now - heardMillis <= Math.max(MAX_AGE_MILLIS, 2 * pollMillis);
        // Nobody waits for a fleet that does not answer: it is asked behind their backs, as long as requests come.
        return young || (failures > 0 && now < nextMillis + (holds(now) ? 2 * PATIENCE_MILLIS : 0));
    }

    /** Asks in the background where it is time to. */
    void tick(Env env, Context context) {
        long now = isolate.millis();
        boolean under = asking && now - askedMillis < 2 * PATIENCE_MILLIS; // else its request died with it
        if (!under && now >= nextMillis) {
            Promises.Settler<JSObject> end = new Promises.Settler<>();
            context.waitUntil(end.promise());
            refresh(env, context, end::done);
        }
    }

    /** Asks now, and calls {@code then} once there is news or it is clear that there is none. */
    void refresh(Env env, Context context, Runnable then) {
        long now = isolate.millis();
        Waiter waiter = new Waiter(then);
        JSObject timer = isolate.platform.limit(WAIT_MILLIS, waiter::tell);
        // Its own promise brings each back to its own request, which alone may act for it.
        Promises.Settler<JSObject> news = new Promises.Settler<>();
        waiting.add(news);
        Promises.when(
                news.promise(),
                done -> {
                    isolate.platform.cancel(timer);
                    waiter.tell();
                },
                failed -> waiter.tell());
        // Another request's call is waited for, unless that request seems to have died with it.
        if (asking && now - askedMillis < PATIENCE_MILLIS) {
            return;
        }
        asking = true;
        askedMillis = now;
        if (recalled) {
            ask(env, context);
        } else {
            recall(() -> ask(env, context));
        }
    }

    /** A request that waits: for news, or for the end of its patience. */
    private static final class Waiter {
        private final Runnable then;
        private boolean told;

        Waiter(Runnable then) {
            this.then = then;
        }

        void tell() {
            if (!told) {
                told = true;
                then.run();
            }
        }
    }

    /** What another isolate was told, where it lies in the Cache API. */
    private void recall(Runnable then) {
        recalled = true;
        isolate.counters.cacheReads++;
        Promises.when(
                Cache.match(isolate.answers.cache(), last),
                found -> {
                    if (found == null) {
                        then.run();
                        return;
                    }
                    String received = found.getHeaders().get(RECEIVED);
                    String tag = found.getHeaders().get("etag");
                    Promises.when(
                            found.text(),
                            text -> {
                                // The fleet may have been heard meanwhile, where this took long.
                                long since = received == null ? 0 : Long.parseLong(received);
                                if (since > heardMillis) {
                                    adopt(text.stringValue(), tag == null ? "" : tag, since);
                                }
                                then.run();
                            },
                            failed -> then.run());
                },
                failed -> then.run());
    }

    private void ask(Env env, Context context) {
        isolate.counters.syncs++;
        JSObject abort = Js.abortController();
        JSObject timer = isolate.platform.limit(PATIENCE_MILLIS, () -> Js.abort(abort));
        Headers.Init headers = Headers.of(
                etag.isEmpty()
                        ? new String[] {"authorization", "Bearer " + Env.edgeToken(env)}
                        : new String[] {"authorization", "Bearer " + Env.edgeToken(env), "if-none-match", etag});
        Promises.when(
                Js.fetch(isolate.platform, isolate.settings.fleetUrl() + PATH, "GET", headers, null, Js.signal(abort)),
                response -> answered(context, response, timer),
                failed -> failed(timer));
    }

    private void answered(Context context, Response response, JSObject timer) {
        Headers headers = response.getHeaders();
        String poll = headers.get("fleet-poll-after");
        Promises.when(
                response.text(),
                text -> {
                    isolate.platform.cancel(timer);
                    long now = isolate.millis();
                    String tag = headers.get("etag");
                    if (response.getStatus() == 304 && state != null) {
                        heardMillis = now;
                        remember(context, null, now); // so that another isolate knows that it still holds
                    } else if (response.getStatus() != 200 || !adopt(text.stringValue(), tag == null ? "" : tag, now)) {
                        failed(timer);
                        return;
                    } else {
                        remember(context, text, now);
                    }
                    pollMillis = poll == null ? USUAL_POLL_MILLIS : clamp(poll);
                    failures = 0;
                    // A tenth to either side, so that isolates do not all ask at once.
                    nextMillis =
                            now + pollMillis - pollMillis / 10 + (long) (isolate.platform.random() * pollMillis / 5);
                    over();
                },
                failed -> failed(timer));
    }

    private static long clamp(String poll) {
        try {
            return Math.max(1_000, Math.min(600_000, Long.parseLong(poll)));
        } catch (NumberFormatException broken) {
            return USUAL_POLL_MILLIS;
        }
    }

    private void failed(JSObject timer) {
        isolate.platform.cancel(timer);
        isolate.counters.syncFailures++;
        failures++;
        long backoff = Math.min(MAX_BACKOFF_MILLIS, USUAL_POLL_MILLIS << Math.min(4, failures - 1));
        nextMillis = isolate.millis() + backoff;
        over();
    }

    private void over() {
        asking = false;
        List<Promises.Settler<JSObject>> told = List.copyOf(waiting);
        waiting.clear();
        told.forEach(Promises.Settler::done);
    }

    private boolean adopt(String content, String tag, long received) {
        FleetState read = SyncReader.read(content);
        if (read == null) {
            return false;
        }
        state = read;
        etag = tag;
        heardMillis = received;
        lastText = content;
        isolate.edge.keys(read.keys(), read.imported());
        isolate.edge.indexVersion(read.index());
        return true;
    }

    /** Puts what is known beside the answers; what has not changed, now and then. */
    private void remember(Context context, @Nullable JSString news, long now) {
        if (news == null && now - rememberedMillis < MAX_BACKOFF_MILLIS) {
            return;
        }
        rememberedMillis = now;
        FleetState known = state;
        long seconds = known == null ? 0 : known.holdMillis() / 1_000;
        Headers.Init headers = Headers.of(new String[] {
            "cache-control",
            "max-age=" + seconds,
            "content-type",
            "application/json",
            "etag",
            etag,
            RECEIVED,
            Long.toString(now)
        });
        isolate.counters.cacheWrites++;
        context.waitUntil(isolate.answers.cache().put(last, isolate.platform.answer(200, headers, Js.utf8(lastText))));
    }
}
