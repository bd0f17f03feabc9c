package dev.freefleet.worker;

import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Cache;
import dev.freefleet.worker.js.Context;
import dev.freefleet.worker.js.Env;
import dev.freefleet.worker.js.Headers;
import dev.freefleet.worker.js.KvNamespace;
import dev.freefleet.worker.js.Promises;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.teavm.jso.core.JSPromise;
import org.teavm.jso.core.JSUndefined;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * Stored answers: in the Cache API of the place where the isolate runs, all variants of a key in one entry under a URL that
 * nobody serves; and, behind it and to read only, in KV what the fleet has put there.
 */
final class Answers {
    /** Longer answers pass, and are not stored: an isolate has 128 MB for all that it does at once. */
    static final int MAX_BYTES = 4 << 20;

    private static final int MAX_VARIANTS = 8;
    /** The Cache API forgets what nobody asks for; whether an answer is fresh, and may be used stale, the core decides. */
    private static final String RETENTION = "max-age=2592000";

    /** Takes what was found. */
    interface Found {
        /** {@code askedKv}: KV was asked, and has no more than this. */
        void found(List<StoredAnswer> answers, boolean askedKv);
    }

    private final Isolate isolate;
    private final String place;
    private final Offers offers;

    Answers(Isolate isolate) {
        this.isolate = isolate;
        this.place = isolate.settings.cachePlace() + "answer/";
        this.offers = new Offers(isolate);
    }

    Offers offers() {
        return offers;
    }

    Cache cache() {
        return isolate.platform.cache();
    }

    /** Gives what is stored under this key and not purged; nothing where {@code held} has no room for it. */
    void lookup(Env env, Context context, Underway.Held held, String cacheKey, Changes.Mark mark, Found found) {
        isolate.counters.cacheReads++;
        Promises.when(
                Cache.match(cache(), url(cacheKey)),
                response -> {
                    if (response == null) {
                        missed(env, context, cacheKey, mark, found);
                        return;
                    }
                    if (!held.memory(
                            Math.max(0, Fetching.declared(response.getHeaders().get("content-length"))))) {
                        Fetching.cancel(response);
                        found.found(List.of(), false);
                        return;
                    }
                    Promises.when(
                            response.arrayBuffer(),
                            bytes -> {
                                List<StoredAnswer> answers = read(cacheKey, new Int8Array(bytes));
                                found.found(answers, false);
                                offers.found(env, context, cacheKey, answers);
                            },
                            failed -> found.found(List.of(), false));
                },
                failed -> missed(env, context, cacheKey, mark, found));
    }

    private void missed(Env env, Context context, String cacheKey, Changes.Mark mark, Found found) {
        FleetState state = isolate.sync.state();
        boolean hot = state != null && state.hot().contains(cacheKey);
        if (hot || isolate.originIsAway()) {
            fromKv(env, context, cacheKey, mark, answers -> found.found(answers, true));
        } else {
            found.found(List.of(), false);
        }
    }

    /** Gives what the fleet has put into KV, and keeps it at hand: KV may be read 100,000 times a day. */
    void fromKv(Env env, Context context, String cacheKey, Changes.Mark mark, Consumer<List<StoredAnswer>> found) {
        KvNamespace kv = Env.kv(env);
        if (kv == null) {
            found.accept(List.of());
            return;
        }
        isolate.counters.kvReads++;
        Promises.when(
                KvNamespace.get(kv, "answer/" + cacheKey),
                bytes -> {
                    List<StoredAnswer> answers = bytes == null ? List.of() : read(cacheKey, new Int8Array(bytes));
                    // The fleet puts another into KV when it comes to it.
                    if (answers.stream()
                            .anyMatch(answer -> isolate.changes.outdates(cacheKey, answer.requestMillis()))) {
                        answers = List.of();
                    }
                    if (!answers.isEmpty()) {
                        write(context, cacheKey, answers, mark);
                    }
                    found.accept(answers);
                },
                failed -> found.accept(List.of()));
    }

    private List<StoredAnswer> alive(String cacheKey, List<StoredAnswer> answers) {
        FleetState state = isolate.sync.state();
        if (state == null) {
            return answers;
        }
        List<StoredAnswer> alive = new ArrayList<>(answers.size());
        for (StoredAnswer answer : answers) {
            if (!state.purges().take(cacheKey, answer)) {
                alive.add(answer);
            }
        }
        return alive;
    }

    /**
     * Stores an answer in the place of the one with the same selecting fields, beside the others that were found; nothing
     * where a request has changed it since the mark.
     */
    void put(Context context, String cacheKey, List<StoredAnswer> found, StoredAnswer answer, Changes.Mark mark) {
        List<StoredAnswer> all = new ArrayList<>(found);
        all.removeIf(other -> other.selecting().equals(answer.selecting()));
        all.sort(Comparator.comparingLong(StoredAnswer::responseMillis).reversed());
        all.add(0, answer);
        List<StoredAnswer> kept = new ArrayList<>(all.size());
        long bytes = 0;
        for (StoredAnswer one : all) {
            bytes += one.body().length();
            if (kept.size() < MAX_VARIANTS && bytes <= MAX_BYTES) {
                kept.add(one);
            }
        }
        write(context, cacheKey, kept, mark);
    }

    private void write(Context context, String cacheKey, List<StoredAnswer> answers, Changes.Mark mark) {
        if (mark.isPast(cacheKey)) {
            return;
        }
        isolate.counters.cacheWrites++;
        Headers.Init headers =
                Headers.of(new String[] {"cache-control", RETENTION, "content-type", "application/octet-stream"});
        JSPromise<JSUndefined> put =
                cache().put(url(cacheKey), isolate.platform.answer(200, headers, Envelope.write(cacheKey, answers)));
        context.waitUntil(put);
        Promises.when(
                put,
                written -> {
                    if (mark.isPast(cacheKey)) { // the change came in between, and has removed what was there before
                        isolate.counters.cacheDeletes++;
                        context.waitUntil(cache().delete(url(cacheKey)));
                    }
                },
                failed -> {});
    }

    /** Removes what is stored here under these keys, at least one, and runs {@code then}. */
    void remove(List<String> cacheKeys, Runnable then) {
        int[] left = {cacheKeys.size()};
        Runnable one = () -> {
            left[0]--;
            if (left[0] == 0) {
                then.run();
            }
        };
        for (String cacheKey : cacheKeys) {
            isolate.counters.cacheDeletes++;
            Promises.when(cache().delete(url(cacheKey)), done -> one.run(), failed -> one.run());
        }
    }

    /** What these bytes hold; nothing where they are not what was written. */
    private List<StoredAnswer> read(String cacheKey, Int8Array bytes) {
        try {
            return alive(cacheKey, Envelope.read(cacheKey, bytes));
        } catch (RuntimeException broken) {
            return List.of();
        }
    }

    /** A key is a route's name, a colon and hex digits. */
    private String url(String cacheKey) {
        int colon = cacheKey.lastIndexOf(':');
        return place + cacheKey.substring(0, colon) + '/' + cacheKey.substring(colon + 1);
    }
}
