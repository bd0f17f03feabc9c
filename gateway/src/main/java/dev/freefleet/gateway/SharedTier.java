package dev.freefleet.gateway;

import dev.freefleet.edge.StoredAnswer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A gateway's own tiers before what all gateways share: what is stored goes to both, what this one has is given at once, what
 * only the others have is asked of Redis and kept here too. Purges reach every gateway.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is looked at where it is handled, and has a time limit
final class SharedTier implements AnswerStore {
    private final AnswerStore own;
    private final RedisStore shared;
    /** How often something was removed here, for those who bring what they read before. */
    private final AtomicLong removals = new AtomicLong();

    SharedTier(AnswerStore own, RedisStore shared) {
        this.own = own;
        this.shared = shared;
    }

    @Override
    public void lookup(String key, Consumer<List<StoredAnswer>> found) {
        own.lookup(key, variants -> {
            if (!variants.isEmpty()) {
                found.accept(variants);
                return;
            }
            long before = removals.get();
            shared.lookup(key, others -> {
                keep(key, others, before);
                found.accept(others);
            });
        });
    }

    /** Keeps what the others have, unless something was removed since it was read: it might be this. */
    private void keep(String key, List<StoredAnswer> others, long before) {
        if (others.isEmpty() || before != removals.get()) {
            return;
        }
        others.forEach(answer -> own.put(key, answer));
        if (before != removals.get()) {
            own.remove(key);
        }
    }

    /** What another gateway has just stored, though this one has something older. */
    void lookupShared(String key, Consumer<List<StoredAnswer>> found) {
        long before = removals.get();
        shared.lookup(key, others -> {
            keep(key, others, before);
            found.accept(others);
        });
    }

    @Override
    public void put(String key, StoredAnswer answer) {
        own.put(key, answer);
        shared.put(key, answer);
    }

    @Override
    public void remove(String key) {
        removedElsewhere(key);
        shared.remove(key);
    }

    /** Another gateway has removed what is under this key. */
    void removedElsewhere(String key) {
        removals.incrementAndGet();
        own.remove(key);
    }

    /** Another gateway was told this. */
    void purgedElsewhere(Selection which) {
        removals.incrementAndGet();
        own.purge(which);
    }

    /** How many were removed here or from what is shared, whichever is more: most are in both. */
    @Override
    public CompletableFuture<Long> purge(Selection which) {
        removals.incrementAndGet();
        CompletableFuture<Long> here = own.purge(which);
        CompletableFuture<Long> everywhere = shared.purge(which)
                .exceptionallyCompose(
                        failed -> CompletableFuture.failedFuture(new CompletionException(new GatewayException(
                                "This gateway has dropped what was meant, but Redis does not answer: other gateways may still have it;"
                                        + " purge again when Redis is back.",
                                failed))));
        return here.thenCombine(everywhere, Math::max);
    }

    /** Of what this gateway has itself. */
    @Override
    public CompletableFuture<List<Kept>> list(Selection which, int limit) {
        return own.list(which, limit);
    }

    @Override
    public Stats stats() {
        return own.stats();
    }

    @Override
    public void close() {
        own.close();
    }
}
