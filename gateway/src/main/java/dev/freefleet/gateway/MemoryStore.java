package dev.freefleet.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.freefleet.edge.StoredAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers in memory, bounded by bytes, kept by W-TinyLFU: a scan of keys that come once does not push the rest out. */
public final class MemoryStore implements AnswerStore {
    private static final long ENTRY_OVERHEAD = 160;

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
            weight += 120 + held(answer).weight() + 64L * answer.tags().size();
        }
        return (int) Math.min(Integer.MAX_VALUE, weight);
    }

    private static HeldBody held(StoredAnswer answer) {
        if (answer.body() instanceof HeldBody held) {
            return held;
        }
        throw new IllegalArgumentException("the memory store keeps bodies in memory, but was given "
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
        entries.asMap().merge(key, List.of(answer), (old, one) -> with(old, answer));
    }

    private static List<StoredAnswer> with(List<StoredAnswer> old, StoredAnswer answer) {
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

    @Override
    public int removeIf(Predicate<StoredAnswer> condition) {
        AtomicInteger removed = new AtomicInteger();
        for (String key : entries.asMap().keySet()) {
            entries.asMap().computeIfPresent(key, (same, variants) -> without(variants, condition, removed));
        }
        return removed.get();
    }

    private static @Nullable List<StoredAnswer> without(
            List<StoredAnswer> variants, Predicate<StoredAnswer> condition, AtomicInteger removed) {
        List<StoredAnswer> kept = variants.stream().filter(condition.negate()).toList();
        removed.addAndGet(variants.size() - kept.size());
        return kept.isEmpty() ? null : kept.size() == variants.size() ? variants : kept;
    }

    @Override
    public void clear() {
        entries.invalidateAll();
    }

    @Override
    public Stats stats() {
        long bytes = entries.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .orElseThrow()
                .orElseThrow();
        return new Stats(entries.estimatedSize(), bytes, maxBytes, evictions.sum());
    }
}
