package dev.freefleet.edgesync;

import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.HeldBody;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Writes the answers that are asked for most into Workers KV, where edges of all places find them, and find them when the
 * Brain is down. Each is written again only where it has become stale or the Brain's index has changed, within the day's
 * budget. For one thread.
 */
final class KvAnswers {
    static final String PREFIX = "answer/";
    private static final long HOUR = 3_600;
    private static final long MAX_TTL = 30 * 24 * HOUR;
    private static final int MAX_BYTES = 1 << 20;
    /** Together with base64 far below what a call may have. */
    private static final long MAX_CALL_BYTES = 32L << 20;

    private final HotAnswers source;
    private final CloudflareKv kv;
    private final KvBudget budget;
    private final KvState state;
    private final LongSupplier millis;
    private final int most;

    /** @param most answers that are kept in KV */
    KvAnswers(HotAnswers source, CloudflareKv kv, KvBudget budget, KvState state, LongSupplier millis, int most) {
        this.source = source;
        this.kv = kv;
        this.budget = budget;
        this.state = state;
        this.millis = millis;
        this.most = most;
    }

    private record Candidate(String key, StoredAnswer answer, HeldBody body) {}

    /** Writes what should be in KV and is not. @throws KvException if it has to go on later */
    void write() {
        List<Candidate> wanted = candidates().stream().filter(this::isWanted).toList();
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
                            now + ttl * 1_000));
        }
        if (!entries.isEmpty()) {
            Set<String> failed = kv.write(entries);
            written.keySet().removeIf(key -> failed.contains(PREFIX + key));
            state.wrote(written, now);
        }
    }

    /** The keys among the hottest whose answers are in KV as they are in the store, or older and not purged. */
    List<String> hot() {
        long now = millis.getAsLong();
        return candidates().stream()
                .map(Candidate::key)
                .filter(key -> {
                    KvState.Written written = state.answer(key);
                    return written != null && written.goneAt() > now;
                })
                .toList();
    }

    private List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        for (AnswerStore.Kept kept : source.hottest(2 * most)) {
            StoredAnswer answer = kept.answer();
            boolean fits = kept.inMemory()
                    && answer.status() == 200
                    && answer.selecting().size() == 0
                    && answer.body().length() <= MAX_BYTES;
            if (fits && answer.body() instanceof HeldBody body && candidates.size() < most) {
                candidates.add(new Candidate(kept.key(), answer, body));
            }
        }
        return candidates;
    }

    private boolean isWanted(Candidate candidate) {
        KvState.Written known = state.answer(candidate.key);
        long now = millis.getAsLong();
        if (known == null || known.goneAt() <= now) {
            return true;
        }
        boolean newer = candidate.answer.requestMillis() > known.requestMillis();
        return newer && (known.freshUntil() <= now || !known.index().equals(source.index()));
    }
}
