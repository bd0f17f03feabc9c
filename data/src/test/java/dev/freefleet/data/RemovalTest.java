package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.UsageEvent;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemovalTest {
    private final DataConfig.External database = TestServer.newDatabase();
    private final TestClock clock = new TestClock("2026-11-23T10:15:30Z");
    private DataPlane plane;
    private User ada;

    @BeforeEach
    void open() {
        plane = DataPlane.open(DataConfig.of(database), clock);
        ada = plane.users().create("ada", "ada@example.org");
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private ApiKey key(String name, @Nullable Duration life) {
        @Nullable Instant end = life == null ? null : clock.instant().plus(life);
        return plane.keys().create(new NewKey(ada.id(), name, "default", Set.of(), null, List.of(), end));
    }

    private List<Long> refused() {
        return plane.keys().states().stream()
                .filter(KeyState::revoked)
                .map(KeyState::keyId)
                .toList();
    }

    private UsageEvent event(long key, long user, String text) {
        return new UsageEvent(
                UUID.randomUUID().toString(),
                clock.instant().toEpochMilli(),
                key,
                user,
                "query",
                "POST",
                200,
                CacheOutcome.MISS,
                1_000,
                900,
                30,
                2_000,
                "00112233445566778899aabbccddeeff",
                text,
                "edge-1");
    }

    private void write(UsageEvent... events) throws InterruptedException {
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            for (UsageEvent event : events) {
                assertThat(ingest.offer(event)).isTrue();
            }
            eventually("they are written", () -> ingest.written() == events.length);
        }
    }

    @Test
    void aDeletedKeyStaysRefusedUntilItWouldHaveEnded() {
        ApiKey forEver = key("for ever", null);
        ApiKey soon = key("soon", Duration.ofHours(1));
        plane.keys().revoke(forEver.id());
        plane.keys().delete(forEver.id(), false);
        plane.keys().delete(soon.id(), true);

        assertThat(plane.keys().list()).isEmpty();
        assertThat(refused()).containsExactlyInAnyOrder(forEver.id(), soon.id());
        assertThat(plane.keys().book().states()).hasSize(2);
        clock.advance(Duration.ofHours(2));
        assertThat(refused()).containsExactly(forEver.id());
    }

    @Test
    void aKeyThatIsAcceptedIsDeletedOnlyByForce() {
        ApiKey key = key("in use", null);

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.keys().delete(key.id(), false))
                .withMessageContaining("revoke it first")
                .matches(e -> e.kind() == DataException.Kind.CONFLICT);
        assertThat(plane.keys().delete(key.id(), true)).isEqualTo(key);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.keys().delete(key.id(), true))
                .matches(e -> e.kind() == DataException.Kind.NOT_FOUND);
    }

    @Test
    void bothKeysOfARotationCanBeDeletedInAnyOrder() {
        ApiKey old = key("turned", null);
        ApiKey next = plane.keys().rotate(old.id(), Duration.ofDays(1), null, 1);

        plane.keys().delete(next.id(), true);
        assertThat(plane.keys().show(old.id()).replacedBy()).isEqualTo(next.id());
        plane.keys().delete(old.id(), true);
        assertThat(refused()).containsExactlyInAnyOrder(old.id(), next.id());
    }

    @Test
    void aDeletedUserTakesTheKeysAlongAndTheNameIsFree() {
        ApiKey key = key("laptop", null);

        plane.users().disable("ada", true);
        assertThat(plane.users().delete("ada", false).id()).isEqualTo(ada.id());

        assertThat(refused()).containsExactly(key.id());
        assertThat(plane.users().create("ada", null).id()).isNotEqualTo(ada.id());
    }

    @Test
    void whenAKeyWasLastUsedIsKeptToTheMinute() throws Exception {
        ApiKey key = key("laptop", null);
        assertThat(key.lastUsed()).isNull();

        write(event(key.id(), ada.id(), "one"), event(key.id(), ada.id(), "two"), event(0, 0, "nobody's"));
        assertThat(plane.keys().show(key.id()).lastUsed()).isEqualTo(Instant.parse("2026-11-23T10:15:00Z"));
        clock.advance(Duration.ofMinutes(7));
        write(event(key.id(), ada.id(), "three"), event(123_456, ada.id(), "of a key that is gone"));
        assertThat(plane.keys().list().getFirst().lastUsed()).isEqualTo(Instant.parse("2026-11-23T10:22:00Z"));
        assertThat(TestServer.strings(TestServer.login(database), "select key_id from keys_used"))
                .containsExactly(Long.toString(key.id()));
    }

    @Test
    void aDryRunSaysWhatWouldBeDoneAndDoesNothing() throws Exception {
        ApiKey key = key("laptop", null);
        write(event(key.id(), ada.id(), "Where do I live?"));

        Forgotten told = plane.forgetting().forget("ada", "test", true);

        assertThat(told.dryRun()).isTrue();
        assertThat(told.places())
                .extracting(Forgotten.Place::name, Forgotten.Place::count)
                .contains(tuple("users", 1L), tuple("api_keys", 1L), tuple("usage_logs", 1L));
        assertThat(plane.users().find("ada")).contains(ada);
        assertThat(plane.keys().show(key.id()).name()).isEqualTo("laptop");
        assertThat(plane.usage().recent(UsageFilter.between(Instant.EPOCH, Instant.MAX), 1))
                .allSatisfy(e -> assertThat(e.queryText()).isEqualTo("Where do I live?"));
    }

    @Test
    void nothingOfAForgottenPersonIsLeftAnywhere() throws Exception {
        User other = plane.users().create("bob", null);
        ApiKey key = key("ada's laptop", null);
        write(event(key.id(), ada.id(), "Where does Ada live?"), event(5, other.id(), "What does Bob want?"));

        Forgotten told = plane.forgetting().forget("ada", "test", false);

        assertThat(told.userId()).isEqualTo(ada.id());
        assertThat(everything()).doesNotContain("Ada").doesNotContain("ada").contains("What does Bob want?");
        assertThat(refused()).contains(key.id());
        assertThat(plane.usage().count(UsageFilter.between(Instant.EPOCH, Instant.MAX)))
                .isEqualTo(2);
        assertThat(plane.usage()
                        .count(UsageFilter.between(Instant.EPOCH, Instant.MAX).ofUser(ada.id())))
                .isZero();
    }

    @Test
    void aPersonWhoWasDeletedIsForgottenByTheirNumber() throws Exception {
        ApiKey key = key("ada's laptop", null);
        write(event(key.id(), ada.id(), "Where does Ada live?"));
        plane.users().delete("ada", true);
        // The name is another's by now, who is left alone.
        User namesake = plane.users().create("ada", null);
        assertThat(everything()).contains("Where does Ada live?");

        assertThat(plane.forgetting().forgetDeleted(ada.id(), "test", true).places())
                .extracting(Forgotten.Place::name, Forgotten.Place::count)
                .contains(tuple("usage_logs", 1L));
        Forgotten told = plane.forgetting().forgetDeleted(ada.id(), "test", false);

        assertThat(told.userId()).isEqualTo(ada.id());
        assertThat(everything()).doesNotContain("Ada");
        assertThat(plane.users().find("ada")).contains(namesake);
        assertThat(plane.audit().list(AuditLog.Filter.ALL, 1))
                .singleElement()
                .matches(entry -> entry.action().equals("user.forget")
                        && Long.valueOf(ada.id()).equals(entry.userId()));
        // What was under way then is found, too, and doing it again does no harm.
        write(event(key.id(), ada.id(), "Where does Ada live?"));
        assertThat(plane.forgetting().sweep()).isEqualTo(1);
        plane.forgetting().forgetDeleted(ada.id(), "test", false);
    }

    @Test
    void aNumberThatNobodyHadOrSomebodyHasIsNotForgotten() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.forgetting().forgetDeleted(ada.id(), "test", false))
                .withMessageContaining("is not deleted")
                .matches(e -> e.kind() == DataException.Kind.CONFLICT);
        // Usage of who is given that number later is theirs.
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.forgetting().forgetDeleted(ada.id() + 1, "test", false))
                .withMessageContaining("was deleted; the audit log")
                .matches(e -> e.kind() == DataException.Kind.NOT_FOUND);
        assertThat(TestServer.strings(TestServer.login(database), "select user_id from forgotten_users"))
                .isEmpty();
    }

    @Test
    void whatEdgesElsewhereCountedOfAKeyGoesWithIt() {
        ApiKey key = key("laptop", null);
        try (EdgeUsage edge = plane.edgeUsage(QuestionPolicy.ALL)) {
            edge.take(UUID.randomUUID(), "cloudflare", List.of(event(key.id(), ada.id(), "Where does Ada live?")));
            assertThat(counted()).containsExactly(Long.toString(key.id()));

            plane.forgetting().forget("ada", "test", false);
            assertThat(counted()).isEmpty();

            edge.take(UUID.randomUUID(), "cloudflare", List.of(event(key.id(), ada.id(), "Where does Ada live?")));
            assertThat(counted()).as("of a batch that was under way").isEmpty();
        }
    }

    /** A batch that has looked whether there is the key, and is not committed yet. */
    @Test
    void whatABatchIsCountingAtThatMomentGoesWithItsKey() throws Exception {
        ApiKey key = key("laptop", null);
        Login login = TestServer.login(database);
        TestServer.execute(
                login,
                "insert into usage_batches (id, edge, events, ingested_at)"
                        + " values ('00000000-0000-0000-0000-000000000001', 'cloudflare', 1, '2026-01-01')");
        Thread batch;
        Thread forgetting;
        try (EdgeUsage edge = plane.edgeUsage(QuestionPolicy.ALL)) {
            try (Connection blocker = login.connect();
                    Statement lock = blocker.createStatement()) {
                blocker.setAutoCommit(false);
                // What a batch does last is to clear old ones away.
                lock.execute("select * from usage_batches for update");
                batch = Thread.ofVirtual()
                        .start(() -> edge.take(
                                UUID.randomUUID(), "cloudflare", List.of(event(key.id(), ada.id(), "Where is Ada?"))));
                eventually("the batch waits", () -> waiting() == 1);
                forgetting = Thread.ofVirtual().start(() -> plane.forgetting().forget("ada", "test", false));
                eventually("they are forgotten, or that waits too", () -> !forgetting.isAlive() || waiting() == 2);
                blocker.rollback();
            }
            batch.join();
            forgetting.join();
        }
        assertThat(TestServer.strings(login, "select count(*) from usage_logs")).containsExactly("1");
        assertThat(counted()).isEmpty();
        assertThat(TestServer.strings(login, "select key_id from keys_used")).isEmpty();
    }

    /** A batch that comes to count while the key is being taken away. */
    @Test
    void whatIsCountedWhileItsKeyGoesIsNotLeft() throws Exception {
        ApiKey key = key("laptop", null);
        Login login = TestServer.login(database);
        Thread batch;
        Thread forgetting;
        try (EdgeUsage edge = plane.edgeUsage(QuestionPolicy.ALL)) {
            try (Connection blocker = login.connect();
                    Statement lock = blocker.createStatement()) {
                blocker.setAutoCommit(false);
                // What is taken away last.
                lock.execute("lock table api_keys in share mode");
                forgetting = Thread.ofVirtual().start(() -> plane.forgetting().forget("ada", "test", false));
                eventually("what is counted is gone, and the key is not", () -> waiting() == 1);
                batch = Thread.ofVirtual()
                        .start(() -> edge.take(
                                UUID.randomUUID(), "cloudflare", List.of(event(key.id(), ada.id(), "Where is Ada?"))));
                eventually("it is counted, or that waits too", () -> !batch.isAlive() || waiting() == 2);
                blocker.rollback();
            }
            batch.join();
            forgetting.join();
        }
        assertThat(TestServer.strings(login, "select count(*) from usage_logs")).containsExactly("1");
        assertThat(counted()).isEmpty();
        assertThat(TestServer.strings(login, "select key_id from keys_used")).isEmpty();
    }

    private int waiting() {
        return TestServer.strings(
                        TestServer.login(database),
                        "select pid from pg_stat_activity where datname = current_database()"
                                + " and wait_event_type = 'Lock'")
                .size();
    }

    private List<String> counted() {
        return TestServer.strings(TestServer.login(database), "select key_id from edge_key_days");
    }

    @Test
    void eventsThatWereUnderWayAreFoundByTheNextSweep() throws Exception {
        ApiKey key = key("laptop", null);
        plane.forgetting().forget("ada", "test", false);
        write(event(key.id(), ada.id(), "Where does Ada live?"));

        assertThat(plane.forgetting().sweep()).isEqualTo(1);
        assertThat(everything()).doesNotContain("Ada");
        clock.advance(Forgetting.STRAGGLERS.plusSeconds(1));
        assertThat(plane.forgetting().sweep()).isZero();
        assertThat(TestServer.strings(TestServer.login(database), "select user_id from forgotten_users"))
                .isEmpty();
    }

    /** Every row of every table, as text. */
    private String everything() {
        Login login = TestServer.login(database);
        StringBuilder all = new StringBuilder();
        for (String table : TestServer.strings(
                login,
                "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                        + " where n.nspname = 'public' and c.relkind = 'r' and c.relname <> 'fleet_schema_history'")) {
            TestServer.strings(login, "select t::text from " + table + " t")
                    .forEach(row -> all.append(row).append('\n'));
        }
        return all.toString();
    }
}
