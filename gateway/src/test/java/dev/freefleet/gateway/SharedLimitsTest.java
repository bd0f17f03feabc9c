package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.Step;
import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rates and quotas in a real Redis, counted by two gateways in turn. */
class SharedLimitsTest {
    private final RedisServer redis = RedisServer.start();
    private final List<SharedState> states = new ArrayList<>();
    private final Gateways one = new Gateways();
    private final Gateways two = new Gateways();
    private int turn;

    /** One gateway's part. */
    private final class Gateways {
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        /** Its clock is slow. */
        final Quotas quotas = new Quotas(10_000, () -> System.currentTimeMillis() - 120_000);

        final SharedLimits limits;

        Gateways() {
            RedisConfig config =
                    new RedisConfig(redis.url(), null, null, null, Duration.ofSeconds(10), Duration.ofDays(1), 1 << 20);
            SharedState state = SharedState.start(config, new MemoryStore(1 << 20), null, registry);
            states.add(state);
            limits = state.limits(new Limiter(10_000, System::nanoTime), quotas);
        }

        List<Long> count(List<Step.QuotaUse> uses) {
            CompletableFuture<List<Long>> told = new CompletableFuture<>();
            limits.count(uses, told::complete);
            return told.orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    @AfterEach
    void close() {
        states.forEach(SharedState::close);
        redis.close();
    }

    private synchronized Gateways next() {
        return turn++ % 2 == 0 ? one : two;
    }

    @Nested
    class Rates extends LimitsContract {
        @Override
        List<Gcra.Taken> take(List<Step.Allowance> allowances) {
            CompletableFuture<List<Gcra.Taken>> told = new CompletableFuture<>();
            next().limits.take(allowances, told::complete);
            return told.orTimeout(30, TimeUnit.SECONDS).join();
        }

        @Override
        void passMillis(int millis) {
            pass(millis);
        }
    }

    /** The clock is Redis's. */
    private static void pass(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Nested
    class Counts extends QuotasContract {
        @Override
        List<Long> count(List<Step.QuotaUse> uses) {
            return next().count(uses);
        }

        @Override
        long endMillis() {
            return System.currentTimeMillis() + Duration.ofDays(1).toMillis();
        }
    }

    /** For edges elsewhere: what is counted at one gateway is told at another that never saw the key. */
    @Test
    void whatAllHaveCountedIsToldToWhoAsks() {
        long end = System.currentTimeMillis() + Duration.ofDays(1).toMillis();
        for (int i = 0; i < 3; i++) {
            one.count(List.of(new Step.QuotaUse("key:7:day", 100, end)));
        }
        SharedState asked = states.getLast();
        assertThat(asked.quotas(List.of("key:7:day", "key:8:day"))).isEqualTo(Map.of("key:7:day", 3L));
        assertThat(asked.quotas(List.of())).isEmpty();

        redis.kill();
        Await.until("it is noticed", () -> up(two) == 0);
        assertThat(asked.quotas(List.of("key:7:day"))).as("nobody can be asked").isEmpty();
        assertThat(asked.isUp()).isFalse();
    }

    /** What both counted while Redis was away, and what it forgot, is counted when it is back. */
    @Test
    void countsGoOnAloneAndComeTogetherAgain() {
        Step.QuotaUse use = new Step.QuotaUse(
                "key:1:day",
                100,
                System.currentTimeMillis() + Duration.ofDays(1).toMillis());
        for (int i = 0; i < 10; i++) {
            one.count(List.of(use));
            two.count(List.of(use));
        }
        one.count(List.of(use));
        redis.kill();
        Await.until("both have noticed", () -> up(one) == 0 && up(two) == 0);
        for (int i = 0; i < 5; i++) {
            one.count(List.of(use));
        }
        for (int i = 0; i < 7; i++) {
            two.count(List.of(use));
        }
        redis.restart();
        Await.until("both are back", () -> up(one) == 1 && up(two) == 1);
        assertThat(one.count(List.of(use))).containsExactly(100L - 21 - 5 - 1);
        assertThat(two.count(List.of(use))).containsExactly(100L - 21 - 5 - 7 - 2);
        assertThat(one.count(List.of(use))).containsExactly(100L - 21 - 5 - 7 - 3);
    }

    /** Redis's clock is ahead of the gateways': by it the month is over, by theirs, which decide, it has a minute left. */
    @Test
    void aClockOfRedisThatIsAheadEndsNoMonthEarly() {
        Step.QuotaUse use = new Step.QuotaUse("key:1:month", 4, System.currentTimeMillis() - 60_000);
        AtomicInteger allowed = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            allowed.addAndGet(next().count(List.of(use)).contains(-1L) ? 0 : 1);
            pass(2);
        }
        assertThat(allowed).hasValue(4);
    }

    private static double up(Gateways gateway) {
        return gateway.registry.get("gateway.redis.up").gauge().value();
    }
}
