package dev.freefleet.data.archive;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataException;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.Forgotten;
import dev.freefleet.data.TestClock;
import dev.freefleet.data.TestServer;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.data.User;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.data.rollup.UsageFixture;
import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People who are forgotten while other things go on: late events, aggregation, archives that cannot be written now. */
class ForgettingTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");

    @TempDir
    Path folder;

    private final DataConfig.External external = TestServer.newDatabase();
    private final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    private final DataPlane plane = DataPlane.open(DataConfig.of(external), clock);
    private final Database database = plane.pool("forgetting", 6);
    private final Rollups rollups = new Rollups(database, clock);
    /** Numbers of users whose usage elsewhere cannot be reached now. */
    private final Set<Long> unreachable = ConcurrentHashMap.newKeySet();

    private Archives archives;
    private User ada;

    @BeforeEach
    void open() {
        archives = new Archives(
                database, rollups, new FolderArchive(folder.resolve("store")), folder.resolve("work"), clock);
        ada = plane.users().create("ada", null);
        plane.forgetting().also((user, dry) -> {
            if (unreachable.contains(user)) {
                throw new DataException(DataException.Kind.UNAVAILABLE, "The archive cannot be used.");
            }
            Rollups.Forgotten figures = rollups.forget(user, dry);
            Archives.Forgotten archived = archives.forget(user, dry);
            return List.of(
                    new Forgotten.Place("usage_daily_users", "anonymised", figures.days(), ""),
                    new Forgotten.Place("queries_top", "anonymised", figures.queries() + archived.questions(), ""),
                    new Forgotten.Place("archives", "anonymised", archived.requests(), ""));
        });
    }

    @AfterEach
    void close() {
        database.close();
        plane.close();
    }

    private static UsageEvent event(long user, String text) {
        return event(user, "00112233445566778899aabbccddeeff", text);
    }

    private static UsageEvent event(long user, String digest, String text) {
        return new UsageEvent(
                UUID.randomUUID().toString(),
                Instant.parse("2026-11-20T10:00:00Z").toEpochMilli(),
                user + 100,
                user,
                "query",
                "POST",
                200,
                CacheOutcome.MISS,
                1_000,
                900,
                30,
                2_000,
                digest,
                text,
                "edge-1");
    }

    private void write(UsageEvent... events) throws InterruptedException {
        UsageFixture.write(plane, List.of(events));
    }

    private List<UsageEvent> detail() {
        List<UsageEvent> read = new ArrayList<>();
        archives.read(UsageFilter.between(Instant.MIN, Instant.MAX), false, Long.MAX_VALUE, read::add);
        return read;
    }

    private void nothingTellsOfAda() {
        assertThat(detail()).isNotEmpty().allMatch(e -> e.userId() == 0 && e.keyId() == 0 && e.queryText() == null);
        assertThat(rollups.users(DAY, DAY.plusDays(1), 10))
                .singleElement()
                .matches(share -> share.userId() == 0 && share.requests() == 1);
        assertThat(rollups.queries(DAY, DAY.plusDays(1), 10)).allMatch(query -> query.text() == null);
    }

    @Test
    void aLateEventThatIsAggregatedBeforeTheSweepTellsNobody() throws Exception {
        plane.forgetting().forget("ada", "test", false);
        write(event(ada.id(), "Where does Ada live?"));
        rollups.aggregate(() -> false);

        plane.forgetting().sweep();

        nothingTellsOfAda();
    }

    @Test
    void aLateEventThatIsArchivedBeforeTheSweepTellsNobody() throws Exception {
        plane.forgetting().forget("ada", "test", false);
        write(event(ada.id(), "Where does Ada live?"));
        assertThat(archives.archive(DAY)).isEqualTo(1);

        plane.forgetting().sweep();

        nothingTellsOfAda();
    }

    /** As where it waited in the spool of a fleet that was off for weeks. */
    @Test
    void anEventThatComesAfterTheSweepsEndTellsNobody() throws Exception {
        plane.forgetting().forget("ada", "test", false);
        clock.set("2026-12-20T12:00:00Z");
        plane.forgetting().sweep();
        write(event(ada.id(), "Where does Ada live?"));
        rollups.aggregate(() -> false);

        nothingTellsOfAda();
    }

    /** Behind the look for events of the forgotten, and ahead of what the figures are made of. */
    @Test
    void aLateEventThatComesWhileItsDayIsAggregatedTellsNobody() throws Exception {
        plane.forgetting().forget("ada", "test", false);
        Thread aggregation;
        try (Connection blocker = database.source().getConnection();
                Statement lock = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            lock.execute("lock table queries_top in share row exclusive mode"); // as somebody else is being forgotten
            aggregation = Thread.ofVirtual().start(() -> rollups.aggregate(DAY));
            eventually("the aggregation waits", () -> waiting() == 1);
            write(event(ada.id(), "Where does Ada live?"));
            blocker.rollback();
        }
        aggregation.join();

        assertThat(rollups.users(DAY, DAY.plusDays(1), 10)).allMatch(share -> share.userId() == 0);
        assertThat(rollups.queries(DAY, DAY.plusDays(1), 10)).allMatch(query -> query.text() == null);
        rollups.aggregate(() -> false);
        nothingTellsOfAda();
    }

    @Test
    void whoIsForgottenWhileTheirDayIsAggregatedIsNotInTheFigures() throws Exception {
        write(event(ada.id(), "Where does Ada live?"));
        Thread aggregation;
        Thread forgetting;
        try (Connection blocker = database.source().getConnection();
                Statement lock = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            // The aggregation has read nothing yet, but decided what it sees, when it comes to this table.
            lock.execute("lock table usage_hourly in access exclusive mode");
            aggregation = Thread.ofVirtual().start(() -> rollups.aggregate(DAY));
            eventually("the aggregation waits", () -> waiting() == 1);
            forgetting = Thread.ofVirtual().start(() -> plane.forgetting().forget("ada", "test", false));
            eventually("they are forgotten, or that waits too", () -> !forgetting.isAlive() || waiting() == 2);
            blocker.rollback();
        }
        aggregation.join();
        forgetting.join();

        nothingTellsOfAda();
    }

    /** What both asked stays while one of them is left, and what one who is left asked stays for ever. */
    private void askedByAdaAndBob() throws InterruptedException {
        User bob = plane.users().create("bob", null);
        User carol = plane.users().create("carol", null);
        write(
                event(ada.id(), "a1".repeat(16), "Where do Ada and Bob live?"),
                event(bob.id(), "a1".repeat(16), "Where do Ada and Bob live?"),
                event(ada.id(), "b2".repeat(16), "Where do all three live?"),
                event(bob.id(), "b2".repeat(16), "Where do all three live?"),
                event(carol.id(), "b2".repeat(16), "Where do all three live?"),
                event(ada.id(), "c3".repeat(16), "Where do Ada and anybody live?"),
                event(0, "c3".repeat(16), "Where do Ada and anybody live?"));
        rollups.aggregate(() -> false);
    }

    private List<String> questions() {
        return TestServer.strings(
                external, "select query_text from queries_top where query_text is not null order by 1");
    }

    private void onlyWhatOthersAskedIsLeft() {
        assertThat(questions()).hasSize(3);
        plane.forgetting().forget("ada", "test", false);
        assertThat(questions()).as("bob is left").hasSize(3);
        assertThat(texts(plane.forgetting().forget("bob", "test", true))).isEqualTo(1);
        assertThat(questions()).as("a dry run").hasSize(3);
        assertThat(texts(plane.forgetting().forget("bob", "test", false))).isEqualTo(1);
        assertThat(questions()).containsExactly("Where do Ada and anybody live?", "Where do all three live?");
    }

    private static long texts(Forgotten told) {
        return told.places().stream()
                .filter(place -> place.name().equals("queries_top"))
                .mapToLong(Forgotten.Place::count)
                .sum();
    }

    @Test
    void aQuestionThatOnlyForgottenPeopleAskedLosesItsText() throws Exception {
        askedByAdaAndBob();
        onlyWhatOthersAskedIsLeft();
    }

    @Test
    void anArchivedQuestionThatOnlyForgottenPeopleAskedLosesItsText() throws Exception {
        askedByAdaAndBob();
        archives.archive(DAY);
        onlyWhatOthersAskedIsLeft();
    }

    /** Their day was archived when they were forgotten already, and after its figures were made: no archive has rows of theirs. */
    @Test
    void aQuestionWhoseAskersWereForgottenBeforeTheirDayWasArchivedLosesItsText() throws Exception {
        askedByAdaAndBob();
        TestServer.execute(
                external,
                "update usage_logs set user_id = null, key_id = null, query_digest = null, query_text = null"
                        + " where query_text = 'Where do Ada and Bob live?'");
        archives.archive(DAY);
        // As figures that were made before, which aggregation replaces and archiving did not.
        TestServer.execute(
                external,
                "insert into queries_top (day, part, query_digest, query_text, requests, cache_hits, latency_us)"
                        + " values ('" + DAY + "', 1, '\\x" + "a1".repeat(16)
                        + "', 'Where do Ada and Bob live?', 2, 0, 0)");
        assertThat(questions()).hasSize(3);

        // The next who is forgotten, of whom there is nothing.
        plane.users().create("dora", null);
        plane.forgetting().forget("dora", "test", false);

        assertThat(questions()).doesNotContain("Where do Ada and Bob live?").hasSize(2);
    }

    private int waiting() {
        return Integer.parseInt(TestServer.strings(
                        external,
                        "select count(*) from pg_locks where not granted and database ="
                                + " (select oid from pg_database where datname = current_database())")
                .getFirst());
    }

    @Test
    void whatCannotBeForgottenNowIsToldAndDoneLater() throws Exception {
        write(event(ada.id(), "Where does Ada live?"));
        rollups.aggregate(() -> false);
        unreachable.add(ada.id());

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.forgetting().forget("ada", "test", false))
                .withMessageContaining("\"ada\" and all their keys are gone")
                .withMessageContaining("tries again within the hour")
                .withMessageContaining("The archive cannot be used.")
                .matches(e -> e.kind() == DataException.Kind.UNAVAILABLE);
        assertThat(plane.users().find("ada")).isEmpty();

        unreachable.clear();
        plane.forgetting().sweep();
        nothingTellsOfAda();
    }

    @Test
    void oneWhoseUsageCannotBeReachedDoesNotKeepOthersFromBeingForgotten() throws Exception {
        User bob = plane.users().create("bob", null);
        unreachable.add(ada.id());
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.forgetting().forget("ada", "test", false));
        plane.forgetting().forget("bob", "test", false);
        write(event(bob.id(), "Where does Bob live?"));

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.forgetting().sweep())
                .withMessageContaining("The archive cannot be used.");

        assertThat(detail()).singleElement().matches(e -> e.userId() == 0 && e.queryText() == null);
    }

    /** Nor if the reason is none that the data plane knows; else the thread that sweeps would end with it. */
    @Test
    void noFailureKeepsOthersFromBeingForgotten() throws Exception {
        User bob = plane.users().create("bob", null);
        unreachable.add(ada.id());
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.forgetting().forget("ada", "test", false));
        plane.forgetting().forget("bob", "test", false);
        write(event(bob.id(), "Where does Bob live?"));
        unreachable.clear();
        plane.forgetting().also((user, dry) -> {
            throw new IllegalStateException("something nobody thought of");
        });

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.forgetting().sweep())
                .withMessageContaining("something nobody thought of");

        assertThat(detail()).singleElement().matches(e -> e.userId() == 0 && e.queryText() == null);
    }

    /** The damaged one may be restored in a week, or never; what can be reached is not left until then. */
    @Test
    void anArchiveThatIsDamagedDoesNotKeepOthersFromBeingGoneThrough() throws Exception {
        Instant tenAtNight = Instant.parse("2026-11-21T22:00:00Z");
        write(
                event(ada.id(), "Where does Ada live?"),
                at(tenAtNight, event(ada.id(), "Where does Ada live the day after?")));
        archives.archive(DAY);
        archives.archive(DAY.plusDays(1));
        Path damaged = object(DAY);
        byte[] whole = Files.readAllBytes(damaged);
        Files.write(damaged, new byte[] {1});

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.forgetting().forget("ada", "test", false))
                .withMessageContaining("is gone or damaged");
        List<UsageEvent> dayAfter = new ArrayList<>();
        archives.read(UsageFilter.between(tenAtNight, Instant.MAX), false, 10, dayAfter::add);
        assertThat(dayAfter).singleElement().matches(e -> e.userId() == 0 && e.queryText() == null);

        Path after = object(DAY.plusDays(1));
        byte[] other = Files.readAllBytes(after);
        Files.write(after, new byte[] {1});
        Files.write(damaged, whole);
        plane.forgetting().sweep();
        Files.write(after, other);
        assertThat(detail()).hasSize(2).allMatch(e -> e.userId() == 0 && e.queryText() == null);
    }

    private static UsageEvent at(Instant time, UsageEvent e) {
        return new UsageEvent(
                e.id(),
                time.toEpochMilli(),
                e.keyId(),
                e.userId(),
                e.route(),
                e.method(),
                e.status(),
                e.cache(),
                e.latencyMicros(),
                e.originMicros(),
                e.bytesIn(),
                e.bytesOut(),
                e.queryDigest(),
                e.queryText(),
                e.node());
    }

    /** The database is put back to before somebody was forgotten, and a bucket is not: it has the archive as it was written anew. */
    @Test
    void aDatabaseThatIsPutBackFindsTheArchivesThatWereWrittenAnew() throws Exception {
        archivedAndForgottenAndPutBack();

        assertThat(archives.sweep()).isZero();

        assertThat(detail()).extracting(UsageEvent::userId).containsExactlyInAnyOrder(0L, 77L);
    }

    @Test
    void anArchiveWithOtherRequestsIsKeptAndDoesNotTakeThePlaceOfOneThatIsGone() throws Exception {
        archivedAndForgottenAndPutBack();
        TestServer.execute(external, "update usage_daily set bytes_out = bytes_out + 1");

        assertThat(archives.sweep()).isZero();

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(this::detail)
                .withMessageContaining("/part-1-0-")
                .withMessageContaining(", is not in");
        assertThat(new FolderArchive(folder.resolve("store")).list(""))
                .singleElement()
                .asString()
                .contains("/part-1-1-");
    }

    /** A death left the one that was to be deleted, and then the bucket lost the one without the person. */
    @Test
    void anArchiveFromBeforeSomebodyWasForgottenDoesNotTakeThePlaceOfTheOneWithout() throws Exception {
        write(event(ada.id(), "Where does Ada live?"), event(77, "Where does Bob live?"));
        archives.archive(DAY);
        Path before = object(DAY);
        byte[] bytes = Files.readAllBytes(before);
        plane.forgetting().forget("ada", "test", false);
        Files.delete(object(DAY));
        Files.write(before, bytes);

        assertThat(archives.sweep()).isZero();

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(this::detail)
                .withMessageContaining("/part-1-1-")
                .withMessageContaining(", is not in");
        assertThat(before).as("the only copy of the others").exists();
    }

    private void archivedAndForgottenAndPutBack() throws InterruptedException {
        write(event(ada.id(), "Where does Ada live?"), event(77, "Where does Bob live?"));
        archives.archive(DAY);
        TestServer.execute(external, "create table before as select * from usage_archives");
        plane.forgetting().forget("ada", "test", false);
        assertThat(detail()).extracting(UsageEvent::userId).containsExactlyInAnyOrder(0L, 77L);
        TestServer.execute(
                external,
                "update usage_archives a set object = b.object, bytes = b.bytes, sha256 = b.sha256 from before b");
    }

    private Path object(LocalDate day) {
        return folder.resolve("store")
                .resolve(TestServer.strings(external, "select object from usage_archives where day = '" + day + "'")
                        .getFirst());
    }
}
