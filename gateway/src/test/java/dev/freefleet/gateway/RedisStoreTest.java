package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers in a real Redis, alone and behind a gateway's memory, and purges over two gateways. */
class RedisStoreTest {
    private final RedisServer redis =
            RedisServer.start("--maxmemory", "8mb", "--maxmemory-policy", "volatile-lru", "--maxmemory-samples", "10");
    private final List<SharedState> states = new ArrayList<>();

    @TempDir
    private Path folder;

    static RedisConfig patient(URI url) {
        return new RedisConfig(url, null, null, null, Duration.ofSeconds(10), Duration.ofDays(1), 1 << 20);
    }

    private SharedState state(AnswerStore own, Path file) {
        SharedState state = SharedState.start(patient(redis.url()), own, file, new SimpleMeterRegistry());
        states.add(state);
        return state;
    }

    private SharedState state() {
        return state(new MemoryStore(2 << 20), folder.resolve("purges-" + states.size()));
    }

    @AfterEach
    void close() {
        states.forEach(SharedState::close);
        redis.close();
    }

    @Nested
    class Alone extends AnswerStoreContract {
        @Override
        AnswerStore store() {
            return state().answers();
        }
    }

    @Nested
    class BehindMemory extends AnswerStoreContract {
        @Override
        AnswerStore store() {
            return state().store();
        }
    }

    @Test
    void whatOneGatewayStoresTheOtherFinds() {
        AnswerStore one = state().store();
        AnswerStore two = state().store();
        one.put("query:k", AnswerStoreContract.answer("hello", "en"));
        one.put("query:k", AnswerStoreContract.answer("hallo", "de"));
        Await.until(
                "it is shared",
                () -> AnswerStoreContract.contents(two, "query:k").size() == 2);
        assertThat(two.stats().keys()).as("and keeps it").isEqualTo(1);
        redis.kill();
        assertThat(AnswerStoreContract.contents(two, "query:k")).containsExactlyInAnyOrder("hello", "hallo");
        assertThat(AnswerStoreContract.found(two, "query:other")).isEmpty();
    }

    @Test
    void aPurgeAndARemovalReachTheOtherGateway() {
        AnswerStore one = state().store();
        AnswerStore two = state().store();
        for (String key : List.of("query:a", "query:b", "query:c")) {
            two.put(key, AnswerStoreContract.answer(key, "en", "doc:" + key));
        }
        Await.until(
                "one has it", () -> !AnswerStoreContract.found(one, "query:c").isEmpty());
        assertThat(one.purge(Selection.ofTag("doc:query:a")).join()).isEqualTo(1);
        Await.until("two has not", () -> two.stats().keys() == 2);
        one.remove("query:b");
        Await.until("two has not either", () -> two.stats().keys() == 1);
        assertThat(AnswerStoreContract.found(two, "query:a")).isEmpty();
        assertThat(AnswerStoreContract.found(two, "query:b")).isEmpty();
        assertThat(AnswerStoreContract.found(two, "query:c")).hasSize(1);
    }

    /** A gateway that was away learns of purges before it gives anything out, from the log or by dropping all. */
    @Test
    void aPurgeReachesAGatewayThatWasAway() throws Exception {
        AnswerStore one = state().store();
        Path file = folder.resolve("followed");
        MemoryStore kept = new MemoryStore(1 << 20); // plays a disk
        state(kept, file).close();
        kept.put("query:a", AnswerStoreContract.answer("a", "en", "doc:a"));
        kept.put("query:b", AnswerStoreContract.answer("b", "en", "doc:b"));
        one.purge(Selection.ofTag("doc:a")).join();
        Await.until("it is told", () -> redis.ask("GET fleet:1:purges").equals("$1"));
        state(kept, file).close();
        assertThat(AnswerStoreContract.found(kept, "query:a")).isEmpty();
        assertThat(AnswerStoreContract.found(kept, "query:b")).hasSize(1);

        assertThat(Files.readString(file)).endsWith(" 1\n");
        for (int i = 0; i < 1_001; i++) {
            one.purge(Selection.ofKey("query:none")).join();
        }
        state(kept, file).close();
        assertThat(AnswerStoreContract.found(kept, "query:b"))
                .as("there were more purges than the log remembers")
                .isEmpty();
    }

    /** Redis dies right after a purge was told to it: the gateway that purged says it again. */
    @Test
    void aPurgeOutlivesTheLossOfItsLog() {
        AnswerStore one = state().store();
        redis.kill();
        redis.restart();
        Await.until("it is connected again", () -> {
            one.put("query:x", AnswerStoreContract.answer("x", "en"));
            return !redis.ask("EXISTS fleet:1:c:query:x").equals(":0");
        });
        one.purge(Selection.ofTag("doc:a")).join();
        redis.kill();
        redis.restart();
        Await.until("it is in the new log", () -> redis.ask("LLEN fleet:1:log").equals(":1"));
    }

    @Test
    void aPurgeWithoutRedisIsDoneHereAndSaidToBeHalf() {
        AnswerStore one = state().store();
        one.put("query:a", AnswerStoreContract.answer("a", "en"));
        redis.kill();
        assertThat(one.purge(Selection.ALL))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withMessageContaining("other gateways may still have it");
        assertThat(AnswerStoreContract.found(one, "query:a")).isEmpty();
    }

    /** Who has not heard of a purge cannot bring back what it meant. */
    @Test
    void nothingIsStoredOverAPurgeThatItsGatewayHasNotHeardOf() {
        AnswerStore one = state().store();
        one.put("query:a", AnswerStoreContract.answer("a", "en"));
        Await.until("it is stored", () -> redis.ask("EXISTS fleet:1:c:query:a").equals(":1"));
        boolean refused = false;
        for (int i = 0; i < 20 && !refused; i++) { // the gateway may look between the two, now and then
            redis.ask("INCR fleet:1:purges"); // the count without the word: as if another gateway were faster
            one.put("query:b" + i, AnswerStoreContract.answer("b", "en"));
            String later = "query:c" + i;
            Await.until("one has caught up", () -> {
                one.put(later, AnswerStoreContract.answer("c", "en"));
                return redis.ask("EXISTS fleet:1:c:" + later).equals(":1");
            });
            refused = redis.ask("EXISTS fleet:1:c:query:b" + i).equals(":0");
        }
        assertThat(refused).isTrue();
    }

    @Test
    void answersEndAndLongOnesAreNotShared() {
        SharedState state = SharedState.start(
                new RedisConfig(redis.url(), null, null, null, Duration.ofSeconds(10), Duration.ofSeconds(5), 100),
                new MemoryStore(1 << 20),
                null,
                new SimpleMeterRegistry());
        states.add(state);
        state.store().put("query:long", AnswerStoreContract.answer("x".repeat(101), "en"));
        state.store().put("query:short", AnswerStoreContract.answer("x", "en"));
        Await.until(
                "it is stored", () -> redis.ask("EXISTS fleet:1:c:query:short").equals(":1"));
        assertThat(redis.ask("EXISTS fleet:1:c:query:long")).isEqualTo(":0");
        long ttl = Long.parseLong(redis.ask("PTTL fleet:1:c:query:short").substring(1));
        assertThat(ttl).isBetween(1L, 5_000L);
    }
}
