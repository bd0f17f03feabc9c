package dev.freefleet.worker;

import dev.freefleet.edge.UsageEvent;
import dev.freefleet.worker.js.Context;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.KvNamespace;
import dev.freefleet.worker.js.Promises;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSObject;

/**
 * The usage events of this isolate on their way to the fleet, in batches: one for some seconds of requests, so that a
 * request costs a fraction of a call.
 *
 * <p>A batch is looked after by one request that put an event into it, for as long as the platform lets a request
 * live after its answer ({@code waitUntil}, 30 s): when its time has come, that request sends it. A later one takes over from
 * one that has waited for a while, whether that still lives or not. So there is always one request whose end waits until the
 * events are acknowledged. A batch that the fleet does not take is parked in KV under its
 * id, where the fleet finds it; it may have been written all the same, which the id makes harmless.
 *
 * <p>While the fleet is away, batches are filled for longer, since KV may be written 1,000 times a day. An isolate's share of
 * that grows with the day. Where it has used what it has so far, a batch stays open until what is left of the day is enough
 * for it, and if no request comes meanwhile, nobody looks after it: better late in KV than never.
 *
 * <p>The text of a question that is not to leave the fleet's machines as it was typed goes to the fleet, and not into KV.
 */
final class Usage {
    private static final String PATH = "/.fleet/edge/usage";
    private static final long FLUSH_MILLIS = 5_000;
    /** While the fleet is away: how long a batch is filled, and how long one request looks after it. */
    private static final long LONG_FLUSH_MILLIS = 120_000;

    private static final long CARE_MILLIS = 20_000;
    /** After so long another request takes over; not before a batch is usually sent. */
    private static final long SHIFT_MILLIS = 5_000;

    private static final int PATIENCE_MILLIS = 5_000;
    private static final int MAX_EVENTS = 500;
    private static final int MAX_BYTES = 512 << 10;
    private static final int PARKED_SECONDS = 604_800;
    /** Beyond so many a day the isolate keeps batches until the fleet is back, up to a bound. */
    private static final int MAX_PARKED_A_DAY = 300;
    /** So many of them may be parked at any time of the day, the others as it passes. */
    private static final int PARKED_AT_ONCE = 200;
    /** How long a batch is filled where those are used up: the day has one such span for each of the others. */
    private static final long LONGEST_FLUSH_MILLIS = 864_000;

    private static final int MAX_KEPT_BYTES = 8 << 20;
    private static final long DAY_MILLIS = 86_400_000;
    private static final long MIN_BACKOFF_MILLIS = 5_000;
    private static final long MAX_BACKOFF_MILLIS = 60_000;

    private final Isolate isolate;
    private @Nullable Batch open;
    /** Batches that could be neither delivered nor parked. */
    private final ArrayDeque<Batch> kept = new ArrayDeque<>();

    /** Batches whose delivery a request has begun, the oldest first. */
    private final Set<Batch> sending = new LinkedHashSet<>();

    private int keptBytes;
    private long awayUntil;
    private long backoffMillis;
    private long parkedDay;
    private int parkedToday;

    /** Events under one id. */
    private static final class Batch {
        final String id;
        final List<UsageText> events = new ArrayList<>();
        final long sinceMillis;
        int bytes;
        /** Ends the waiting of the request that looks after it. */
        Promises.@Nullable Settler<JSObject> keeper;

        long keptSinceMillis;
        long sentMillis;
        /** What the fleet is told besides, as JSON: for who takes the batch itself. */
        String more = "";

        Batch(String id, long sinceMillis) {
            this.id = id;
            this.sinceMillis = sinceMillis;
        }
    }

    Usage(Isolate isolate) {
        this.isolate = isolate;
    }

    /** Events that are in memory. */
    int waiting() {
        int count = open == null ? 0 : open.events.size();
        for (Batch batch : sending) {
            count += batch.events.size();
        }
        for (Batch batch : kept) {
            count += batch.events.size();
        }
        return count;
    }

    private boolean isAway() {
        return backoffMillis > 0;
    }

    /** Takes an event, of which this request takes care where no other does. */
    void add(UsageEvent event, Env env, Context context) {
        long now = isolate.millis();
        Batch batch = open;
        if (batch == null) {
            batch = new Batch(isolate.platform.uuid(), now);
            open = batch;
        }
        UsageText text = UsageText.of(event, isolate.settings.questions());
        batch.events.add(text);
        batch.bytes += text.maxBytes();
        Promises.Settler<JSObject> before = batch.keeper;
        boolean full = batch.events.size() >= MAX_EVENTS || batch.bytes >= MAX_BYTES;
        if (before != null && !full && now - batch.keptSinceMillis < SHIFT_MILLIS) {
            return;
        }
        if (before != null) {
            before.done(); // this one looks after it from now on
        }
        Batch mine = batch;
        Promises.Settler<JSObject> end = new Promises.Settler<>();
        context.waitUntil(end.promise());
        if (full) {
            close(mine, env, end::done);
            return;
        }
        mine.keptSinceMillis = now;
        long left = mine.sinceMillis + flushMillis(now) - now;
        mine.keeper = end;
        isolate.platform.after((int) Math.max(0, Math.min(left, CARE_MILLIS)), () -> {
            if (mine.keeper == end) {
                careEnds(mine, env, end);
            }
        });
    }

    private long flushMillis(long now) {
        return !isAway() ? FLUSH_MILLIS : mayPark(now) ? LONG_FLUSH_MILLIS : LONGEST_FLUSH_MILLIS;
    }

    /** Its time has come, or no request has for a while. */
    private void careEnds(Batch batch, Env env, Promises.Settler<JSObject> end) {
        long now = isolate.millis();
        if (isAway() && !mayPark(now) && now - batch.sinceMillis < LONGEST_FLUSH_MILLIS) {
            batch.keeper = null; // the next request looks after it
            end.done();
        } else {
            close(batch, env, end::done);
        }
    }

    /** Whether the isolate has a batch left of those that it may park until this time of the day. */
    private boolean mayPark(long now) {
        long share = (MAX_PARKED_A_DAY - PARKED_AT_ONCE) * (now % DAY_MILLIS) / DAY_MILLIS;
        return now / DAY_MILLIS != parkedDay || parkedToday < PARKED_AT_ONCE + share;
    }

    private void close(Batch batch, Env env, Runnable end) {
        if (open == batch) {
            open = null;
        }
        batch.keeper = null;
        batch.more = isolate.answers.offers().asked();
        send(batch);
        Batch older = lost();
        if (older == null) {
            older = kept.poll();
            if (older != null) {
                keptBytes -= older.bytes;
            }
        }
        if (older == null) {
            deliver(batch, env, end);
        } else {
            send(older);
            deliver(older, env, () -> deliver(batch, env, end));
        }
    }

    private void send(Batch batch) {
        batch.sentMillis = isolate.millis();
        sending.add(batch);
    }

    /** A batch whose request has died over it; the fleet knows by its id whether it has come all the same. */
    private @Nullable Batch lost() {
        Iterator<Batch> oldest = sending.iterator();
        Batch batch = oldest.next();
        if (isolate.millis() - batch.sentMillis < Underway.DEAD_MILLIS) {
            return null;
        }
        oldest.remove();
        return batch;
    }

    private void deliver(Batch batch, Env env, Runnable end) {
        if (isAway() && isolate.millis() < awayUntil) {
            park(batch, env, end);
            return;
        }
        isolate.counters.usagePosts++;
        JSObject abort = Js.abortController();
        JSObject timer = isolate.platform.limit(PATIENCE_MILLIS, () -> Js.abort(abort));
        Headers.Init headers = Headers.of(new String[] {
            "authorization", "Bearer " + Env.edgeToken(env), "content-type", "application/json", "fleet-batch", batch.id
        });
        Promises.when(
                Js.fetch(
                        isolate.platform,
                        isolate.settings.fleetUrl() + PATH,
                        "POST",
                        headers,
                        Js.utf8(text(batch, true, batch.more)),
                        Js.signal(abort)),
                response -> {
                    isolate.platform.cancel(timer);
                    int status = response.getStatus();
                    if (response.getBody() != null) {
                        response.getBody().cancel();
                    }
                    if (status == 204) {
                        backoffMillis = 0;
                        isolate.counters.usageDelivered += batch.events.size();
                        over(batch, end);
                    } else if (status == 400 || status == 413) {
                        Js.log("the fleet will never take the usage batch " + batch.id + ": " + status);
                        isolate.counters.usageRefused += batch.events.size();
                        over(batch, end);
                    } else {
                        away(batch, env, end);
                    }
                },
                failed -> {
                    isolate.platform.cancel(timer);
                    away(batch, env, end);
                });
    }

    private void over(Batch batch, Runnable end) {
        sending.remove(batch);
        end.run();
    }

    private void away(Batch batch, Env env, Runnable end) {
        backoffMillis = Math.min(MAX_BACKOFF_MILLIS, Math.max(MIN_BACKOFF_MILLIS, backoffMillis * 2));
        awayUntil = isolate.millis() + backoffMillis;
        park(batch, env, end);
    }

    private void park(Batch batch, Env env, Runnable end) {
        KvNamespace kv = Env.kv(env);
        long today = isolate.millis() / DAY_MILLIS;
        if (today != parkedDay) {
            parkedDay = today;
            parkedToday = 0;
        }
        if (kv == null || parkedToday >= MAX_PARKED_A_DAY) {
            keep(batch, end);
            return;
        }
        parkedToday++;
        isolate.counters.kvWrites++;
        Promises.when(
                KvNamespace.put(
                        kv,
                        "usage/" + batch.id,
                        text(batch, isolate.settings.questions().parked(), ""),
                        PARKED_SECONDS),
                parked -> {
                    isolate.counters.usageParked += batch.events.size();
                    over(batch, end);
                },
                failed -> keep(batch, end));
    }

    private void keep(Batch batch, Runnable end) {
        kept.add(batch);
        keptBytes += batch.bytes;
        while (keptBytes > MAX_KEPT_BYTES) {
            Batch oldest = kept.remove();
            keptBytes -= oldest.bytes;
            isolate.counters.usageDropped += oldest.events.size();
        }
        over(batch, end);
    }

    private String text(Batch batch, boolean withQuestions, String more) {
        JsonText json = new JsonText();
        json.open('{')
                .member("edge", isolate.settings.policy().node())
                .name("events")
                .open('[');
        for (UsageText event : batch.events) {
            json.item().raw(withQuestions ? event.whole() : event.withoutQuestion());
        }
        return json.close(']').raw(more).close('}').toString();
    }
}
