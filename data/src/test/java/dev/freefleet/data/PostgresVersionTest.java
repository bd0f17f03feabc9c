package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.UsageEvent;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables, keys, usage and the roles on each version of PostgreSQL that the fleet works with. */
@Timeout(300)
class PostgresVersionTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 17})
    void everythingWorksOnOlderVersions(int version) throws Exception {
        try (OlderServer server = new OlderServer(version)) {
            assertThat(TestServer.strings(server.superuser(), "show server_version"))
                    .singleElement()
                    .asString()
                    .startsWith(version + ".");
            DataConfig.External database = server.database();
            works(database);
            movesToTheNewestAndBack(database, server.anotherDatabase());
            RolesTest.eachRoleDoesItsWorkAndNoOther(
                    server.superuser(), RolesTest.separate(server.superuser(), "roles"));
        }
    }

    @Test
    void everythingWorksOnTheVersionThatTheFleetCarries() throws Exception {
        works(TestServer.newDatabase());
        assertThat(TestServer.strings(TestServer.superuser(), "show server_version"))
                .singleElement()
                .asString()
                .startsWith("18.");
    }

    private static void works(DataConfig.External database) throws Exception {
        TestClock clock = new TestClock(NOON.toString());
        DataPlane.open(DataConfig.of(database), clock).close();
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), clock)) {
            User ada = plane.users().create("ada", "ada@example.org");
            AtomicReference<KeyBook> told = new AtomicReference<>();
            try (AutoCloseable feed = plane.onKeysChanged(told::set)) {
                assertThat(feed).isNotNull();
                ApiKey key = keys(plane, ada);
                eventually(
                        "a change is told at once",
                        () -> told.get().states().stream()
                                .anyMatch(state -> state.keyId() == key.id() && state.revoked()));
                usage(plane, ada, key);
            }
            UpkeepInUse.works(plane, clock);
            removal(plane, ada);
            assertThatThrownBy(() -> TestServer.execute(TestServer.login(database), "delete from audit_log"))
                    .hasMessageContaining("can only be added to");
        }
    }

    /** What leaves one version comes into the other, and out of that again, byte for byte. */
    private static void movesToTheNewestAndBack(DataConfig.External older, DataConfig.External another)
            throws Exception {
        byte[] left = DataExportTest.export(older);
        DataConfig.External newest = TestServer.newDatabase();
        DataImport.run(new ByteArrayInputStream(left), newest);
        assertThat(DataExportTest.export(newest)).isEqualTo(left);
        DataImport.run(new ByteArrayInputStream(left), another);
        assertThat(DataExportTest.export(another)).isEqualTo(left);
    }

    private static ApiKey keys(DataPlane plane, User ada) {
        ApiKey key = plane.keys()
                .create(new NewKey(
                        ada.id(),
                        "laptop",
                        "default",
                        Set.of("query"),
                        new RateLimit(60, 60_000),
                        List.of(new Quota(100, Quota.Period.DAY), new Quota(1_000, Quota.Period.MONTH)),
                        NOON.plus(Duration.ofDays(30)),
                        List.of("192.0.2.0/24"),
                        3,
                        1));
        plane.keys()
                .change(
                        key.id(),
                        before -> new NewKey(
                                before.userId(), "renamed", "gold", Set.of(), null, List.of(), before.expiresAt()));
        ApiKey next = plane.keys().rotate(key.id(), Duration.ofHours(1), null, 1);
        assertThat(plane.keys().show(key.id()).replacedBy()).isEqualTo(next.id());
        byte[] digest = new byte[32];
        digest[0] = 7;
        assertThat(plane.keys()
                        .importKeys(List.of(new KeyImport("bob", digest, NewKey.of(1, "imported"))), true, false)
                        .problems())
                .isEmpty();
        assertThat(plane.keys().book().imported()).hasSize(1);
        return plane.keys().revoke(next.id());
    }

    /** Days that have partitions, days that get one, days that are too far away, and text that is awkward. */
    private static void usage(DataPlane plane, User ada, ApiKey key) throws InterruptedException {
        UsageEvent like = TestEvents.at(NOON);
        try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
            for (Instant time : List.of(NOON, NOON.minus(Duration.ofDays(40)), NOON.minus(Duration.ofDays(4_000)))) {
                UsageEvent event =
                        TestEvents.event("not a uuid \0 " + time, time, "Gr\u00fc\u00dfe '\\ \ud83d\ude00 \0 \ud800");
                ingest.offer(new UsageEvent(
                        event.id(),
                        event.timeMillis(),
                        key.id(),
                        ada.id(),
                        event.route(),
                        event.method(),
                        event.status(),
                        event.cache(),
                        event.latencyMicros(),
                        event.originMicros(),
                        event.bytesIn(),
                        event.bytesOut(),
                        event.queryDigest(),
                        event.queryText(),
                        event.node()));
            }
            ingest.offer(like);
            eventually("all are written", () -> ingest.written() == 4);
        }
        UsageFilter all = UsageFilter.between(Instant.EPOCH, Instant.MAX);
        assertThat(plane.usage().recent(all, 10))
                .extracting(UsageEvent::queryText)
                .contains("What is a fleet?", "Gr\u00fc\u00dfe '\\ \ud83d\ude00 \ufffd \ufffd");
        assertThat(plane.usage().count(all.ofKey(key.id()))).isEqualTo(3);
        assertThat(plane.keys().show(key.id()).lastUsed()).isEqualTo(NOON);
    }

    private static void removal(DataPlane plane, User ada) {
        Forgotten told = plane.forgetting().forget("ada", "test", false);
        assertThat(told.userId()).isEqualTo(ada.id());
        assertThat(plane.keys().states()).allSatisfy(KeyState::revoked).hasSize(2);
        assertThat(plane.usage()
                        .count(UsageFilter.between(Instant.EPOCH, Instant.MAX).ofUser(ada.id())))
                .isZero();
        assertThat(plane.audit().list(AuditLog.Filter.ALL, 100))
                .extracting(AuditEntry::action)
                .contains("key.create", "key.change", "key.rotate", "key.import", "key.revoke", "user.forget");
    }
}
