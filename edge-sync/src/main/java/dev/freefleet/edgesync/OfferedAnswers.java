package dev.freefleet.edgesync;

import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.HeldBody;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Answers that edges hand over where they ask the Brain past the gateway, on their way into Workers KV: those alone that are
 * wanted, public and fresh. They stay in memory until they are written there. Thread-safe.
 */
final class OfferedAnswers {
    private static final long MAX_BYTES = 64L << 20;

    private final HotAnswers source;
    private final PurgeLog purges;
    private final EdgeMeters meters;
    private final LongSupplier millis;
    private final Demand demand;
    private final Map<String, StoredAnswer> waiting = new HashMap<>();
    private Set<String> wanted = Set.of();
    private long bytes;

    /** @param millis now, epoch milliseconds */
    OfferedAnswers(HotAnswers source, PurgeLog purges, EdgeMeters meters, LongSupplier millis) {
        this.source = source;
        this.purges = purges;
        this.meters = meters;
        this.millis = millis;
        demand = new Demand(millis);
    }

    /** An edge was asked for these keys so often, and has had answers. */
    void asked(Map<String, Integer> keys) {
        keys.forEach((key, times) -> {
            if (source.offered(key) != null) {
                demand.add(key, times);
            }
        });
    }

    /** The keys that edges were asked for most, at most so many. */
    List<String> hottest(int limit) {
        return demand.hottest(limit);
    }

    /** From now on answers under these keys are taken, and no others. */
    synchronized void want(Collection<String> keys) {
        wanted = Set.copyOf(keys);
        meters.wanted(keys.size());
    }

    /** What became of an answer that was handed over. */
    sealed interface Taken {
        record Kept() implements Taken {}

        /** It is as it should be, and of no use now. */
        record Unwanted() implements Taken {}

        /** A sentence that says why it is none. */
        record Bad(String detail) implements Taken {}
    }

    Taken take(byte[] content) {
        Taken taken = switch (AnswerEnvelope.read(content, millis.getAsLong() + PurgeLog.SKEW)) {
            case AnswerEnvelope.Read.Bad(String detail) -> new Taken.Bad(detail);
            case AnswerEnvelope.Read.Answer(String key, StoredAnswer answer, HeldBody body) -> keep(key, answer, body);
        };
        meters.offered(
                switch (taken) {
                    case Taken.Kept ignored -> EdgeMeters.Offer.TAKEN;
                    case Taken.Unwanted ignored -> EdgeMeters.Offer.UNWANTED;
                    case Taken.Bad ignored -> EdgeMeters.Offer.BAD;
                });
        return taken;
    }

    private Taken keep(String key, StoredAnswer sent, HeldBody body) {
        AnswerTags tags = source.offered(key);
        if (tags == null || !isWanted(key)) {
            return new Taken.Unwanted();
        }
        // By the configured tags, whatever the edge says of them: a purge finds all that it should.
        StoredAnswer answer = new StoredAnswer(
                sent.status(),
                sent.fields(),
                sent.requestMillis(),
                sent.responseMillis(),
                sent.selecting(),
                sent.indexVersion(),
                tags.of(body.content()),
                body);
        return isUsable(key, answer) && add(key, answer) ? new Taken.Kept() : new Taken.Unwanted();
    }

    private synchronized boolean isWanted(String key) {
        return wanted.contains(key) && !waiting.containsKey(key);
    }

    private synchronized boolean add(String key, StoredAnswer answer) {
        long size = answer.body().length();
        if (!isWanted(key) || bytes + size > MAX_BYTES) {
            return false;
        }
        waiting.put(key, answer);
        bytes += size;
        return true;
    }

    /** What is stale is so by the index too. */
    private boolean isUsable(String key, StoredAnswer answer) {
        return source.freshMillis(key, answer) > 0
                && !purges.purged().takes(key, answer.requestMillis(), answer.tags());
    }

    /** What waits to be written, the hottest first; what is of no use any longer is forgotten. */
    synchronized List<AnswerStore.Kept> waiting() {
        List<AnswerStore.Kept> all = new ArrayList<>();
        for (String key : demand.hottest(Demand.MAX_KEYS)) {
            StoredAnswer answer = waiting.get(key);
            if (answer != null && isUsable(key, answer)) {
                all.add(new AnswerStore.Kept(key, answer, true));
            }
        }
        List<String> old = new ArrayList<>(waiting.keySet());
        all.forEach(kept -> old.remove(kept.key()));
        done(old);
        return all;
    }

    /** These need not wait any longer. */
    synchronized void done(Collection<String> keys) {
        for (String key : keys) {
            StoredAnswer answer = waiting.remove(key);
            bytes -= answer == null ? 0 : answer.body().length();
        }
    }
}
