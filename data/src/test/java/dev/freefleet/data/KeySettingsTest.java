package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a key may do: changed while it lives, and handed on when it rotates. */
class KeySettingsTest {
    private static final Duration DAY = Duration.ofDays(1);

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

    private NewKey full(@Nullable Instant expires) {
        return new NewKey(
                owner.id(),
                "laptop",
                "gold",
                Set.of("query"),
                new RateLimit(60, 60_000, 10),
                List.of(new Quota(1_000, Quota.Period.DAY)),
                expires,
                List.of("10.0.0.0/8", "2001:db8::/32"),
                3,
                2);
    }

    private static UnaryOperator<NewKey> plan(String plan) {
        return k -> new NewKey(
                k.userId(),
                k.name(),
                plan,
                k.scopes(),
                k.rate(),
                k.quotas(),
                k.expiresAt(),
                k.addresses(),
                k.maxConcurrent(),
                k.secretVersion());
    }

    private static UnaryOperator<NewKey> end(@Nullable Instant end) {
        return k -> k.renewed(end, k.secretVersion());
    }

    @Test
    void everySettingIsKeptAndTold() {
        Instant expires = clock.instant().plus(DAY);
        ApiKey made = keys.create(full(expires));

        assertThat(made.settings()).isEqualTo(full(expires));
        assertThat(made.isImported()).isFalse();
        assertThat(keys.states())
                .containsExactly(new KeyState(
                        made.id(),
                        false,
                        new RateLimit(60, 60_000, 10),
                        List.of(new Quota(1_000, Quota.Period.DAY)),
                        Set.of("query"),
                        List.of("10.0.0.0/8", "2001:db8::/32"),
                        0,
                        0,
                        3));
    }

    @Test
    void aChangedPlanOverrulesTheOneThatTheKeySaysAndIsForgottenWhenItIsTheSameAgain() {
        long id = keys.create(NewKey.of(owner.id(), "k")).id();
        assertThat(keys.states()).isEmpty();

        assertThat(keys.change(id, plan("gold")).plan()).isEqualTo("gold");
        assertThat(keys.states())
                .singleElement()
                .satisfies(state -> assertThat(state.plan()).isEqualTo("gold"));

        keys.change(id, plan("default"));
        assertThat(keys.states()).isEmpty();
    }

    @Test
    void aKeyCanEndEarlierThanItSaysAndNotLater() {
        Instant minted = clock.instant().plus(DAY.multipliedBy(10));
        Instant earlier = clock.instant().plus(DAY);
        long id = keys.create(full(minted)).id();

        assertThat(keys.change(id, end(earlier)).expiresAt()).isEqualTo(earlier);
        assertThat(keys.states().getFirst().validUntilMillis()).isEqualTo(earlier.toEpochMilli());
        assertThat(keys.change(id, end(minted)).expiresAt()).isEqualTo(minted);
        assertThat(keys.states().getFirst().validUntilMillis()).isZero();
        for (UnaryOperator<NewKey> late : List.of(end(null), end(minted.plusSeconds(60)))) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> keys.change(id, late))
                    .withMessageContaining("rotate it for a later end")
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(DataException.Kind.INVALID));
        }
        assertThat(keys.show(id).expiresAt()).isEqualTo(minted);
    }

    @Test
    void anEndedKeyCanStillBeRenamed() {
        long id = keys.create(full(clock.instant().plus(DAY))).id();
        clock.advance(DAY.multipliedBy(2));

        assertThat(keys.change(id, plan("default")).plan()).isEqualTo("default");
    }

    @Test
    void wrongSettingsAreRefusedAndChangeNothing() {
        ApiKey before = keys.create(full(null));
        long other = keys.create(NewKey.of(owner.id(), "other")).id();
        List<UnaryOperator<NewKey>> wrong = List.of(
                k -> withAddresses(k, List.of("10.0.0.1/8")),
                k -> withAddresses(k, List.of("everywhere")),
                k -> withAddresses(k, java.util.Collections.nCopies(65, "10.0.0.1")),
                plan("No Such Plan"),
                end(clock.instant()),
                k -> named(k, "a\nb"));
        for (UnaryOperator<NewKey> change : wrong) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> keys.change(before.id(), change))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(DataException.Kind.INVALID));
        }
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> keys.change(before.id(), k -> named(k, "other")))
                .withMessageContaining("has a key named \"other\" already");
        assertThat(keys.show(before.id())).isEqualTo(before);

        keys.revoke(other);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> keys.change(other, plan("gold")))
                .withMessageContaining("is revoked");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> keys.change(12345, plan("gold")))
                .withMessageContaining("no key with the id 12345");
    }

    private static NewKey withAddresses(NewKey k, List<String> addresses) {
        return new NewKey(
                k.userId(),
                k.name(),
                k.plan(),
                k.scopes(),
                k.rate(),
                k.quotas(),
                k.expiresAt(),
                addresses,
                k.maxConcurrent(),
                1);
    }

    private static NewKey named(NewKey k, String name) {
        return new NewKey(k.userId(), name, k.plan(), k.scopes(), k.rate(), k.quotas(), k.expiresAt());
    }

    @Test
    void aRotationHandsEverythingOnAndTheOldKeyLivesOutItsGrace() {
        ApiKey old = keys.create(full(clock.instant().plus(DAY.multipliedBy(30))));

        ApiKey renewed = keys.rotate(old.id(), DAY.multipliedBy(7), null, 5);

        assertThat(renewed.id()).isNotEqualTo(old.id());
        assertThat(renewed.settings()).isEqualTo(old.settings().renewed(old.expiresAt(), 5));
        ApiKey replaced = keys.show(old.id());
        assertThat(replaced.replacedBy()).isEqualTo(renewed.id());
        assertThat(replaced.expiresAt()).isEqualTo(clock.instant().plus(DAY.multipliedBy(7)));
        assertThat(replaced.revokedAt()).isNull();
        assertThat(keys.states())
                .filteredOn(state -> state.keyId() == old.id())
                .singleElement()
                .satisfies(state -> assertThat(state.validUntilMillis())
                        .isEqualTo(clock.instant().plus(DAY.multipliedBy(7)).toEpochMilli()));
    }

    @Test
    void aGraceNeverProlongsAndNoneEndsTheOldKeyNow() {
        Instant soon = clock.instant().plus(DAY);
        ApiKey old = keys.create(full(soon));
        ApiKey second = keys.rotate(old.id(), DAY.multipliedBy(7), soon.plus(DAY), 1);
        assertThat(keys.show(old.id()).expiresAt()).isEqualTo(soon);
        assertThat(second.expiresAt()).isEqualTo(soon.plus(DAY));

        keys.rotate(second.id(), Duration.ZERO, null, 1);
        assertThat(keys.show(second.id()).expiresAt()).isEqualTo(clock.instant());
    }

    @Test
    void aReplacedKeysGraceIsNotUndone() {
        ApiKey minted = keys.create(NewKey.of(owner.id(), "a"));
        ApiKey next = keys.rotate(minted.id(), DAY, null, 1);
        Instant grace = clock.instant().plus(DAY);

        for (UnaryOperator<NewKey> late : List.of(end(null), end(grace.plusSeconds(60)))) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> keys.change(minted.id(), late))
                    .withMessageContaining("was replaced by the key " + next.id() + " and ends at " + grace)
                    .matches(e -> e.kind() == DataException.Kind.CONFLICT);
        }
        assertThat(keys.change(minted.id(), plan("gold")).expiresAt()).isEqualTo(grace);
        Instant sooner = grace.minusSeconds(3_600);
        assertThat(keys.change(minted.id(), end(sooner)).expiresAt()).isEqualTo(sooner);
        clock.advance(DAY);
        refused(() -> keys.change(minted.id(), end(null)), "was replaced by the key " + next.id());
        refused(() -> keys.change(minted.id(), end(clock.instant().plus(DAY))), "was replaced");
        assertThat(keys.show(minted.id()).expiresAt()).isEqualTo(sooner);
    }

    @Test
    void whatCannotRotateSaysWhy() {
        long id = keys.create(NewKey.of(owner.id(), "a")).id();
        long next = keys.rotate(id, DAY, null, 1).id();
        refused(() -> keys.rotate(id, DAY, null, 1), "was replaced by the key " + next);
        keys.revoke(next);
        refused(() -> keys.rotate(next, DAY, null, 1), "is revoked");
        long ended = keys.create(full(clock.instant().plus(DAY))).id();
        refused(() -> keys.rotate(ended, Duration.ofDays(366), null, 1), "0 to 365 days");
        refused(() -> keys.rotate(ended, DAY.negated(), null, 1), "0 to 365 days");
        clock.advance(DAY);
        refused(() -> keys.rotate(ended, DAY, null, 1), "ended at");
        long orphan = keys.create(NewKey.of(owner.id(), "b")).id();
        plane.users().disable("owner", true);
        refused(() -> keys.rotate(orphan, DAY, null, 1), "is disabled");
        assertThat(keys.list()).hasSize(4);
    }

    private static void refused(Runnable call, String why) {
        assertThatExceptionOfType(DataException.class).isThrownBy(call::run).withMessageContaining(why);
    }

    @Test
    void aDisabledUsersKeysAreRefusedUntilTheUserIsLetInAgain() {
        long id = keys.create(NewKey.of(owner.id(), "k")).id();
        Instant since = clock.instant();

        assertThat(plane.users().disable("owner", true).disabledAt()).isEqualTo(since);
        assertThat(keys.states()).containsExactly(new KeyState(id, true, null, List.of(), Set.of()));
        clock.advance(DAY);
        assertThat(plane.users().disable("owner", true).disabledAt()).isEqualTo(since);

        assertThat(plane.users().disable("owner", false).disabledAt()).isNull();
        assertThat(keys.states()).isEmpty();
        refused(() -> plane.users().disable("nobody", true), "no user named \"nobody\"");
    }

    @Test
    void liveKeysAreCountedByTheSecretThatSignedThem() {
        keys.create(NewKey.of(owner.id(), "one"));
        keys.create(full(clock.instant().plus(DAY)));
        keys.revoke(keys.create(NewKey.of(owner.id(), "revoked")).id());
        assertThat(keys.bySecret()).isEqualTo(java.util.Map.of(1, 1L, 2, 1L));
        clock.advance(DAY);
        assertThat(keys.bySecret()).isEqualTo(java.util.Map.of(1, 1L));
    }

    @Test
    void aRowWrittenByHandThatCannotBeUnderstoodRefusesItsKeyAndNoOther() throws Exception {
        long bad = keys.create(NewKey.of(owner.id(), "bad")).id();
        long good = keys.create(full(null)).id();
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                var statement = connection.createStatement()) {
            statement.execute("update api_keys set addresses = '{10.0.0.1/8}' where id = " + bad);
        }

        assertThat(keys.states())
                .contains(new KeyState(bad, true, null, List.of(), Set.of()))
                .anySatisfy(state -> {
                    assertThat(state.keyId()).isEqualTo(good);
                    assertThat(state.revoked()).isFalse();
                });
    }
}
