package dev.freefleet.edgesync;

import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.HeldBody;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers that are asked for most into Workers KV, where edges of all places find them, and find them when the
 * Brain is down: those that edges have handed over, who know best what they are asked, and those of the gateway's own store.
 * Each is written again only where it has become stale or the Brain's index has changed, and after those of which KV has
 * nothing, all within the day's budget: what is there once can stand in for a Brain that is down, and what a fresh copy saves
 * is one question at each place. For one thread.
 */
final class KvAnswers {
    static final String PREFIX = "answer/";
    /** Answers that are wanted at a time. */
    static final int MOST_WANTED = 50;
    /** Keys that edges are told to read. */
    private static final int MOST_HOT = 1_000;

    private static final long HOUR = 3_600;
    private static final long MAX_TTL = 30 * 24 * HOUR;
    private static final int MAX_BYTES = 1 << 20;
    /** Together with base64 far below what a call may have. */
    private static final long MAX_CALL_BYTES = 32L << 20;

    private final HotAnswers source;
    private final OfferedAnswers offered;
    private final PurgeLog purges;
    private final CloudflareKv kv;
    private final KvBudget budget;
    private final KvState state;
    private final LongSupplier millis;
    private final int most;

    /** @param most answers that are kept in KV */
    KvAnswers(
            HotAnswers source,
            OfferedAnswers offered,
            PurgeLog purges,
            CloudflareKv kv,
            KvBudget budget,
            KvState state,
            LongSupplier millis,
            int most) {
        this.source = source;
        this.offered = offered;
        this.purges = purges;
        this.kv = kv;
        this.budget = budget;
        this.state = state;
        this.millis = millis;
        this.most = most;
    }

    private record Candidate(String key, StoredAnswer answer, HeldBody body) {}

    /** Writes what should be in KV and is not. @throws KvException if it has to go on later */
    void write() {
        List<Candidate> wanted = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (Candidate candidate : candidates()) {
            if (isWanted(candidate)) {
                wanted.add(candidate);
            } else {
                others.add(candidate.key);
            }
        }
        offered.done(others);
        wanted.sort(Comparator.comparing(candidate -> inKv(candidate.key) != null));
        int granted = wanted.isEmpty() ? 0 : budget.takePaced(KvBudget.Kind.WRITE, wanted.size());
        List<CloudflareKv.Entry> entries = new ArrayList<>();
        Map<String, KvState.Written> written = new HashMap<>();
        long bytes = 0;
        long now = millis.getAsLong();
        for (Candidate candidate : wanted.subList(0, granted)) {
            byte[] value = AnswerEnvelope.of(candidate.key, candidate.answer, candidate.body);
            bytes += value.length;
            if (bytes > MAX_CALL_BYTES) {
                break;
            }
            long fresh = Math.max(0, source.freshMillis(candidate.key, candidate.answer));
            long ttl = Math.clamp((fresh + source.staleMillis(candidate.key)) / 1_000, HOUR, MAX_TTL);
            entries.add(new CloudflareKv.Entry(PREFIX + candidate.key, value, ttl));
            written.put(
                    candidate.key,
                    new KvState.Written(
                            candidate.answer.requestMillis(),
                            candidate.answer.indexVersion(),
                            now + fresh,
                            now + ttl * 1_000,
                            candidate.answer.tags()));
        }
        if (!entries.isEmpty()) {
            Set<String> failed = kv.write(entries);
            written.keySet().removeIf(key -> failed.contains(PREFIX + key));
            state.wrote(written, now);
            offered.done(written.keySet());
        }
    }

    /**
     * The keys whose answers are worth a read of KV, in an order that does not depend on how hot they are: those among the
     * hottest of the gateway's store that are in KV, as they are there or older, and those that edges were asked for lately
     * and that are fresh in KV.
     */
    List<String> hot() {
        Stream<String> own = candidates().stream().map(Candidate::key).filter(key -> inKv(key) != null);
        Stream<String> elsewhere = offered.hottest(MOST_HOT).stream().filter(this::isFreshInKv);
        return Stream.concat(elsewhere, own).distinct().limit(MOST_HOT).sorted().toList();
    }

    /** The keys under which edges should hand their answers over, in an order that does not depend on how hot they are. */
    List<String> wanted() {
        // Which of them is asked for next nobody knows: more are wanted than can be written, until enough are there.
        boolean enough = offered.waiting().size() >= budget.pacedLeft(KvBudget.Kind.WRITE);
        Set<String> known = new HashSet<>();
        for (Candidate candidate : candidates()) {
            if (source.freshMillis(candidate.key, candidate.answer) > 0) {
                known.add(candidate.key);
            }
        }
        return offered.hottest(most).stream()
                .filter(key -> !known.contains(key) && !isFreshInKv(key))
                .sorted(Comparator.comparing(key -> inKv(key) != null))
                .limit(enough ? 0 : MOST_WANTED)
                .sorted()
                .toList();
    }

    private List<Candidate> candidates() {
        Map<String, Candidate> candidates = new LinkedHashMap<>();
        Stream.concat(offered.waiting().stream(), source.hottest(2 * most).stream())
                .forEach(kept -> {
                    Candidate candidate = candidate(kept);
                    if (candidate != null && candidates.size() < most) {
                        candidates.putIfAbsent(kept.key(), candidate);
                    }
                });
        return List.copyOf(candidates.values());
    }

    private @Nullable Candidate candidate(AnswerStore.Kept kept) {
        StoredAnswer answer = kept.answer();
        boolean fits = kept.inMemory()
                && answer.status() == 200
                && answer.selecting().size() == 0
                && answer.body().length() <= MAX_BYTES
                && !purges.purged().takes(kept.key(), answer.requestMillis(), answer.tags());
        return fits && answer.body() instanceof HeldBody body ? new Candidate(kept.key(), answer, body) : null;
    }

    private boolean isWanted(Candidate candidate) {
        KvState.Written known = inKv(candidate.key);
        if (known == null) {
            return true;
        }
        boolean newer = candidate.answer.requestMillis() > known.requestMillis();
        return newer
                && (known.freshUntil() <= millis.getAsLong() || !known.index().equals(source.index()));
    }

    private boolean isFreshInKv(String key) {
        KvState.Written known = inKv(key);
        String index = source.index();
        return known != null
                && known.freshUntil() > millis.getAsLong()
                && (index.isEmpty() || known.index().equals(index));
    }

    /** What is in KV under this key, and not purged. */
    private KvState.@Nullable Written inKv(String key) {
        KvState.Written written = state.answer(key);
        boolean alive = written != null
                && written.goneAt() > millis.getAsLong()
                && !purges.purged().takes(key, written.requestMillis(), written.tags());
        return alive ? written : null;
    }
}
