package dev.freefleet.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.freefleet.edge.StoredAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers in memory, bounded by bytes, kept by W-TinyLFU: a scan of keys that come once does not push the rest out. */
public final class MemoryStore implements AnswerStore {
    private static final long ENTRY_OVERHEAD = 160;
    /** The answer itself, and what the core has read in its fields. */
    private static final long ANSWER_OVERHEAD = 280;

    private final Cache<String, List<StoredAnswer>> entries;
    private final LongAdder evictions = new LongAdder();
    private final long maxBytes;

    /** An empty store of at most so many bytes. */
    public MemoryStore(long maxBytes) {
        this.maxBytes = maxBytes;
        this.entries = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher(MemoryStore::weight)
                .executor(Runnable::run) // upkeep is a few hundred nanoseconds now and then; a thread hop is more
                .evictionListener((@Nullable String key, @Nullable List<StoredAnswer> variants, RemovalCause cause) ->
                        evictions.increment())
                .build();
    }

    private static int weight(String key, List<StoredAnswer> variants) {
        long weight = ENTRY_OVERHEAD + key.length();
        for (StoredAnswer answer : variants) {
            weight += ANSWER_OVERHEAD
                    + held(answer).weight()
                    + 64L * answer.tags().size();
        }
        return (int) Math.min(Integer.MAX_VALUE, weight);
    }

    static HeldBody held(StoredAnswer answer) {
        if (answer.body() instanceof HeldBody held) {
            return held;
        }
        throw new IllegalArgumentException("stores take bodies that are in memory, but were given "
                + answer.body().getClass().getName());
    }

    @Override
    public void lookup(String key, Consumer<List<StoredAnswer>> found) {
        List<StoredAnswer> variants = entries.getIfPresent(key);
        found.accept(variants == null ? List.of() : variants);
    }

    @Override
    public void put(String key, StoredAnswer answer) {
        held(answer);
        List<StoredAnswer> alone = List.of(answer);
        if (entries.asMap().putIfAbsent(key, alone) != null) { // which costs most answers less than a merge
            entries.asMap().merge(key, alone, (old, one) -> with(old, answer));
        }
    }

    /** These variants with a new one. */
    static List<StoredAnswer> with(List<StoredAnswer> old, StoredAnswer answer) {
        List<StoredAnswer> variants = new ArrayList<>(old.size() + 1);
        for (StoredAnswer other : old) {
            if (!other.selecting().equals(answer.selecting())) {
                variants.add(other);
            }
        }
        if (variants.size() == MAX_VARIANTS) {
            variants.removeFirst();
        }
        variants.add(answer);
        return List.copyOf(variants);
    }

    @Override
    public void remove(String key) {
        entries.invalidate(key);
    }

    /** The variants under this key, or null. */
    @Nullable
    List<StoredAnswer> get(String key) {
        return entries.getIfPresent(key);
    }

    /** Whether there is something under this key, which is not counted as a use. */
    boolean holds(String key) {
        return entries.asMap().containsKey(key);
    }

    /** Takes what another store has, unless there is something newer under this key. */
    void promote(String key, List<StoredAnswer> variants) {
        entries.asMap().putIfAbsent(key, List.copyOf(variants));
    }

    @Override
    public CompletableFuture<Long> purge(Selection which) {
        return CompletableFuture.completedFuture(drop(which));
    }

    /** Removes the answers that are meant, at once; how many there were. */
    long drop(Selection which) {
        AtomicLong removed = new AtomicLong();
        for (String key : entries.asMap().keySet()) {
            if (which.takesKey(key)) {
                entries.asMap().computeIfPresent(key, (same, variants) -> without(which, same, variants, removed));
            }
        }
        return removed.get();
    }

    private static @Nullable List<StoredAnswer> without(
            Selection which, String key, List<StoredAnswer> variants, AtomicLong removed) {
        List<StoredAnswer> kept =
                variants.stream().filter(answer -> !which.matches(key, answer)).toList();
        removed.addAndGet(variants.size() - kept.size());
        return kept.isEmpty() ? null : kept.size() == variants.size() ? variants : kept;
    }

    /** How many answers are meant whose key is not among those of another store. */
    long count(Selection which, Predicate<String> elsewhere) {
        long count = 0;
        for (Map.Entry<String, List<StoredAnswer>> entry : entries.asMap().entrySet()) {
            if (which.takesKey(entry.getKey()) && !elsewhere.test(entry.getKey())) {
                count += entry.getValue().stream()
                        .filter(answer -> which.matches(entry.getKey(), answer))
                        .count();
            }
        }
        return count;
    }

    @Override
    public CompletableFuture<List<Kept>> list(Selection which, int limit) {
        List<Kept> kept = entries.policy()
                .eviction()
                .orElseThrow()
                .hottest(stream -> stream.filter(entry -> which.takesKey(entry.getKey()))
                        .flatMap(entry -> entry.getValue().stream()
                                .filter(answer -> which.matches(entry.getKey(), answer))
                                .map(answer -> new Kept(entry.getKey(), answer, true)))
                        .limit(limit)
                        .toList());
        return CompletableFuture.completedFuture(kept);
    }

    /** Nothing of it outlasts the process. */
    @Override
    public void close() {}

    @Override
    public Stats stats() {
        long bytes = entries.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .orElseThrow()
                .orElseThrow();
        return new Stats(entries.estimatedSize(), bytes, maxBytes, evictions.sum(), null);
    }
}
