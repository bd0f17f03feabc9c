package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysTest {
    private final TestClock clock = new TestClock("2026-11-23T10:15:30Z");
    private DataConfig.External database;
    private DataPlane plane;
    private Keys keys;
    private User owner;

    @BeforeEach
    void open() {
        database = TestServer.newDatabase();
        plane = DataPlane.open(DataConfig.of(database), clock);
        keys = plane.keys();
        owner = plane.users().create("owner", null);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    @Test
    void aKeyIsKeptAsItWasWanted() {
        Instant expires = clock.instant().plus(Duration.ofDays(30));
        ApiKey made = keys.create(new NewKey(
                owner.id(),
                "laptop",
                "gold",
                Set.of("query", "health"),
                new RateLimit(60, 60_000, 10),
                List.of(new Quota(1_000, Quota.Period.DAY), new Quota(20_000, Quota.Period.MONTH)),
                expires));

        assertThat(made.id()).isBetween(1L, (1L << 53) - 1);
        assertThat(made.userName()).isEqualTo("owner");
        assertThat(made.plan()).isEqualTo("gold");
        assertThat(made.scopes()).containsExactlyInAnyOrder("query", "health");
        assertThat(made.rate()).isEqualTo(new RateLimit(60, 60_000, 10));
        assertThat(made.quotas())
                .containsExactly(new Quota(1_000, Quota.Period.DAY), new Quota(20_000, Quota.Period.MONTH));
        assertThat(made.createdAt()).isEqualTo(clock.instant());
        assertThat(made.expiresAt()).isEqualTo(expires);
        assertThat(made.revokedAt()).isNull();
        assertThat(keys.show(made.id())).isEqualTo(made);
        assertThat(keys.list()).containsExactly(made);
        assertThat(keys.list(owner.id())).containsExactly(made);
        assertThat(keys.list(owner.id() + 1)).isEmpty();
    }

    @Test
    void revokingTwiceKeepsTheFirstTime() {
        long id = keys.create(NewKey.of(owner.id(), "laptop")).id();

        Instant revoked = keys.revoke(id).revokedAt();
        clock.advance(Duration.ofHours(1));

        assertThat(revoked).isEqualTo("2026-11-23T10:15:30Z");
        assertThat(keys.revoke(id).revokedAt()).isEqualTo(revoked);
    }

    @Test
    void onlyKeysOfWhichThereIsSomethingToSayHaveAState() {
        keys.create(NewKey.of(owner.id(), "plain"));
        long revoked =
                keys.revoke(keys.create(NewKey.of(owner.id(), "revoked")).id()).id();
        long limited = keys.create(new NewKey(
                        owner.id(), "limited", "default", Set.of("query"), new RateLimit(1, 1_000), List.of(), null))
                .id();

        assertThat(keys.states())
                .containsExactlyInAnyOrder(
                        new KeyState(revoked, true, null, List.of(), Set.of()),
                        new KeyState(limited, false, new RateLimit(1, 1_000), List.of(), Set.of("query")));
    }

    @Test
    void allKeysOfADisabledUserAreRefusedAndNoneIsMade() {
        long id = keys.create(NewKey.of(owner.id(), "plain")).id();
        TestServer.execute(TestServer.login(database), "update users set disabled_at = now()");

        assertThat(keys.states()).containsExactly(new KeyState(id, true, null, List.of(), Set.of()));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> keys.create(NewKey.of(owner.id(), "another")))
                .matches(e -> e.kind() == DataException.Kind.CONFLICT)
                .withMessageContaining("disabled");
    }

    @Test
    void anExpiredKeySpeaksForItself() {
        Instant expires = clock.instant().plusSeconds(60);
        ApiKey key = keys.create(new NewKey(owner.id(), "short", "default", Set.of(), null, List.of(), expires));
        keys.revoke(key.id());
        assertThat(keys.states()).hasSize(1);

        clock.advance(Duration.ofSeconds(61));

        assertThat(keys.states()).isEmpty();
    }

    @Test
    void aNameIsFreeAgainOnceItsKeyIsRevoked() {
        ApiKey first = keys.create(NewKey.of(owner.id(), "laptop"));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> keys.create(NewKey.of(owner.id(), "laptop")))
                .matches(e -> e.kind() == DataException.Kind.CONFLICT)
                .withMessageContaining("\"laptop\" already");

        keys.revoke(first.id());

        assertThat(keys.create(NewKey.of(owner.id(), "laptop")).id()).isNotEqualTo(first.id());
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> keys.show(42))
                .matches(e -> e.kind() == DataException.Kind.NOT_FOUND);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> keys.revoke(42))
                .matches(e -> e.kind() == DataException.Kind.NOT_FOUND);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> keys.create(NewKey.of(owner.id() + 1, "orphan")))
                .matches(e -> e.kind() == DataException.Kind.NOT_FOUND);
    }

    @Test
    void valuesThatAreNotAllowedAreRefused() {
        Instant past = clock.instant();
        List<Quota> two = List.of(new Quota(1, Quota.Period.DAY), new Quota(2, Quota.Period.DAY));
        for (NewKey wrong : List.of(
                NewKey.of(owner.id(), "a\nb"),
                new NewKey(owner.id(), "a", "", Set.of(), null, List.of(), null),
                new NewKey(owner.id(), "a", "default", Set.of(""), null, List.of(), null),
                new NewKey(owner.id(), "a", "default", Set.of(), null, two, null),
                new NewKey(owner.id(), "a", "default", Set.of(), null, List.of(), past))) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> keys.create(wrong))
                    .matches(e -> e.kind() == DataException.Kind.INVALID);
        }
        assertThat(keys.list()).isEmpty();
    }

    @Test
    void anIdThatIsTakenIsDrawnAgain() {
        Iterator<Long> draws = List.of(7L, 7L, 8L).iterator();
        try (Database own = new Database(TestServer.login(database), DataConfig.of(database))) {
            Keys drawn = new Keys(
                    own,
                    clock,
                    new RandomGenerator() {
                        @Override
                        public long nextLong() {
                            throw new UnsupportedOperationException();
                        }

                        @Override
                        public long nextLong(long from, long to) {
                            return draws.next();
                        }
                    },
                    "test");

            assertThat(drawn.create(NewKey.of(owner.id(), "first")).id()).isEqualTo(7);
            assertThat(drawn.create(NewKey.of(owner.id(), "second")).id()).isEqualTo(8);
        }
    }

    @Test
    void manyThreadsMakeKeysOfTheirOwn() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<ApiKey>> tasks = IntStream.range(0, 100)
                    .<Callable<ApiKey>>mapToObj(i -> () -> keys.create(NewKey.of(owner.id(), "key " + i)))
                    .toList();
            for (Future<ApiKey> future : threads.invokeAll(tasks)) {
                future.get();
            }
        }
        assertThat(keys.list().stream().map(ApiKey::id).distinct()).hasSize(100);
    }
}
