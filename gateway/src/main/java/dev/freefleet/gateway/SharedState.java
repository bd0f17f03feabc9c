package dev.freefleet.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What several gateways share over Redis or Valkey: the counts of rates and quotas, answers, purges, and who asks the Brain. A
 * Redis that is away, slow or full makes each gateway decide alone and fails no request. Thread-safe. To be closed after the
 * gateway.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is looked at where it is handled, and has a time limit
public final class SharedState implements AutoCloseable {
    private final URI url;
    private final RedisLink link;
    private final RedisPurges purges;
    private final RedisStore answers;
    private final SharedTier store;
    private final RedisFlights flights;
    private volatile Consumer<Selection> listener = which -> {};
    private volatile Consumer<String> remover = key -> {};

    /**
     * Connects, or goes on trying where there is nobody, and learns which purges were missed.
     *
     * @param own where this gateway keeps answers itself
     * @param file remembers which purges this gateway knows of, for answers that outlast it; null where none do
     * @param registry gets the meters
     * @throws GatewayException if the certificates to trust cannot be read
     */
    public static SharedState start(RedisConfig config, AnswerStore own, @Nullable Path file, MeterRegistry registry) {
        return new SharedState(config, own, file, registry);
    }

    private SharedState(RedisConfig config, AnswerStore own, @Nullable Path file, MeterRegistry registry) {
        url = config.url();
        link = new RedisLink(config, registry);
        flights = new RedisFlights(link);
        purges = new RedisPurges(link, file, this::purgedElsewhere);
        answers = new RedisStore(link, purges, config);
        store = new SharedTier(own, answers);
        link.start(this::heard, this::keepUp);
        purges.follow().join(); // a call to Redis has a time limit
    }

    /** Whether Redis is connected and answers; where not, this gateway decides alone. */
    public boolean isUp() {
        return link.isUp();
    }

    /** Where Redis is, without a password. */
    public URI url() {
        return url;
    }

    /**
     * What all gateways have counted towards quotas: waits for Redis for its time limit at the most.
     *
     * @param buckets as {@code Step.QuotaUse} names them
     * @return by bucket; nothing where Redis does not answer
     */
    public Map<String, Long> quotas(Collection<String> buckets) {
        return buckets.isEmpty()
                ? Map.of()
                : SharedLimits.used(link, buckets)
                        .exceptionally(failed -> Map.of())
                        .join();
    }

    /** The gateway's own answers, and behind them those that all gateways share. */
    public AnswerStore store() {
        return store;
    }

    private void purgedElsewhere(Selection which) {
        listener.accept(which);
        store.purgedElsewhere(which);
    }

    private void keepUp() {
        purges.follow();
        answers.look();
    }

    private void heard(String channel, String message) {
        switch (channel) {
            case RedisFlights.CHANNEL -> flights.heard(message);
            case RedisPurges.CHANNEL -> purges.follow();
            case RedisStore.REMOVED -> {
                remover.accept(message);
                store.removedElsewhere(message);
            }
            default -> {}
        }
    }

    /** Tells of the purges of other gateways, before they are done here. */
    void onPurge(Consumer<Selection> told) {
        listener = told;
    }

    /** Tells of the keys that other gateways have removed, before they are removed here. */
    void onRemoval(Consumer<String> told) {
        remover = told;
    }

    SharedLimits limits(Limiter limiter, Quotas quotas) {
        return new SharedLimits(link, limiter, quotas);
    }

    RedisFlights flights() {
        return flights;
    }

    /** What all gateways share, beside the gateway's own. */
    RedisStore answers() {
        return answers;
    }

    SharedTier tier() {
        return store;
    }

    @Override
    public void close() {
        link.close();
    }
}
