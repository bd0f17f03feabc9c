package dev.freefleet.data.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import dev.freefleet.data.Eventually;
import dev.freefleet.data.SmallDisk;
import dev.freefleet.data.TestServer;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.data.rollup.Figures;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.edge.UsageEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is archived, and read. */
class ArchivesTest extends ArchivesFixture {
    /** Some 90 MB that do not compress. */
    private void writeMuch(String time) {
        TestServer.execute(
                external,
                "insert into usage_logs select gen_random_uuid(), '" + time
                        + "', null, null, 'query', 'GET', 200, 'hit', 1,"
                        + " 0, 0, 0, null, (select string_agg(md5(i::text || j), '') from generate_series(1, 60) j), 'edge-1'"
                        + " from generate_series(1, 45000) i");
    }

    /** What the figures say of a span. */
    private long total(LocalDate from, LocalDate to) {
        return rollups.summary(from, to, Rollups.By.TOTAL).values().stream()
                .mapToLong(Figures::requests)
                .sum();
    }

    @Test
    void liveRowsAndArchivesAreReadAlike() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-23T12:00:00Z", 1_500);
        Archives archives = archives();
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);

        long moved = archives.archive(DAY) + archives.archive(DAY.plusDays(1));

        assertThat(live()).containsExactly(Long.toString(1_500 - moved));
        assertThat(moved).isPositive();
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
        assertThat(read(archives, ALL, true, 700)).isEqualTo(written.reversed().subList(0, 700));
        UsageFilter some = UsageFilter.between(
                        Instant.parse("2026-11-20T06:00:00Z"), Instant.parse("2026-11-22T18:30:00Z"))
                .ofUser(3)
                .ofKey(103)
                .ofRoute("query");
        List<UsageEvent> expected = written.stream()
                .filter(e -> e.userId() == 3
                        && e.route().equals("query")
                        && e.timeMillis() >= some.from().toEpochMilli()
                        && e.timeMillis() < some.to().toEpochMilli())
                .toList();
        assertThat(expected).isNotEmpty();
        assertThat(read(archives, some, false, Long.MAX_VALUE)).isEqualTo(expected);
    }

    @Test
    void aLateEventOfAnArchivedDayJoinsItsDayAndIsArchivedTooLater() throws Exception {
        Archives archives = dayArchived(200);

        write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 20);
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
        rollups.aggregate(() -> false);
        assertThat(total(DAY, DAY.plusDays(1))).isEqualTo(220);

        assertThat(archives.archive(DAY)).isEqualTo(20);
        assertThat(live()).containsExactly("0");
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
        assertThat(total(DAY, DAY.plusDays(1))).isEqualTo(220);
    }

    @Test
    void oldDaysAreArchivedByAgeAndTheirRollupsStay() throws Exception {
        write("2026-11-18T00:00:00Z", "2026-11-23T12:00:00Z", 500);

        assertThat(archives().retain(new Archives.Policy(2, 1L << 40), () -> false))
                .startsWith("3 days with ");

        assertThat(TestServer.strings(external, "select min(time) >= '2026-11-21 00:00:00+00' from usage_logs"))
                .containsExactly("t");
        assertThat(read(archives(), ALL, false, Long.MAX_VALUE)).isEqualTo(written);
        assertThat(total(LocalDate.EPOCH, DAY.plusYears(1))).isEqualTo(500);
        assertThat(archives().retain(new Archives.Policy(2, 1L << 40), () -> false))
                .startsWith("No day ");
    }

    @Test
    void aDatabaseThatOutgrowsItsBoundLosesTheOldestDetailFirstAndSaysWhenNothingIsLeft() throws Exception {
        // A day of 90 MB, days of little, and today's.
        write("2026-11-19T00:00:00Z", "2026-11-23T12:00:00Z", 400);
        writeMuch("2026-11-19 10:00:00+00");
        Archives archives = archives();
        long before = archives.size();
        assertThat(before).isGreaterThan(64L << 20);

        String told = archives.retain(new Archives.Policy(90, before - (20L << 20)), () -> false);

        assertThat(told).startsWith("1 day with ");
        assertThat(TestServer.strings(external, "select min(time) >= '2026-11-20 00:00:00+00' from usage_logs"))
                .containsExactly("t");
        write("2026-11-23T00:00:00Z", "2026-11-23T12:00:00Z", 10);
        writeMuch("2026-11-23 10:00:00+00");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> archives.retain(new Archives.Policy(90, 64L << 20), () -> false))
                .withMessageContaining("no day is left to archive");
        assertThat(TestServer.strings(external, "select min(time) >= '2026-11-23 00:00:00+00' from usage_logs"))
                .containsExactly("t");
    }

    @Test
    void aStoreThatReturnsSomethingElseKeepsTheDayWhereItIs() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 100);
        ArchiveStore rotting = DisturbedStore.whenGot(store(), name -> {
            Path object = folder.resolve("store").resolve(name);
            byte[] bytes = Files.readAllBytes(object);
            bytes[bytes.length / 2] ^= 1;
            Files.write(object, bytes);
        });

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> archives(rotting).archive(DAY))
                .withMessageContaining("does not come back as it was");

        assertThat(live()).containsExactly("100");
        assertThat(rotting.list("")).as("what nobody would ever take away").isEmpty();
        assertThat(read(archives(), ALL, false, Long.MAX_VALUE)).isEqualTo(written);
    }

    @Test
    void aFullStoreKeepsTheDayWhereItIsAndNothingHalfWritten() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 2_000);
        Path place = Files.createDirectory(
                folder.resolve("small"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (SmallDisk small = SmallDisk.mount(place, "16k")) {
            // Where this user may not make a disk, a store that cannot be written either: a file in the folder's place.
            Path target = small == null ? Files.createFile(place.resolve("a-file")) : place;
            Archives full = archives(new FolderArchive(target));

            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> full.retain(new Archives.Policy(1, 1L << 40), () -> false))
                    .withMessageContaining("The usage of 2026-11-20 cannot be archived in " + target)
                    .withMessageContaining(small == null ? "a-file" : "No space left");

            assertThat(live()).containsExactly("2000");
            try (Stream<Path> left = Files.walk(place)) {
                assertThat(left.filter(path -> Files.isRegularFile(path) && !path.equals(target)))
                        .isEmpty();
            }
        }
        assertThat(archives().retain(new Archives.Policy(1, 1L << 40), () -> false))
                .contains("2000 requests archived");
        assertThat(read(archives(), ALL, false, Long.MAX_VALUE)).isEqualTo(written);
    }

    /** Who administers the database may have set any isolation level for it; the check before the drop needs to see what is new. */
    @ParameterizedTest
    @ValueSource(strings = {"read committed", "repeatable read", "serializable"})
    void aRowThatIsCommittedWhileTheDropWaitsIsNotDropped(String isolation) throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 100);
        rollups.aggregate(() -> false);
        TestServer.execute(
                external, "alter role " + external.user() + " set default_transaction_isolation = '" + isolation + "'");
        try (Database theirs = plane.pool("theirs", 5);
                Connection writer = DriverManager.getConnection(external.url(), external.user(), external.password());
                Statement insert = writer.createStatement()) {
            writer.setAutoCommit(false);
            ArchiveStore store = DisturbedStore.whenPut(store(), name -> write(insert));
            Archives archives = new Archives(theirs, new Rollups(theirs, clock), store, folder.resolve("work"), clock);
            FutureTask<Long> archiving = new FutureTask<>(() -> archives.archive(DAY));
            Thread.ofVirtual().start(archiving);
            Eventually.eventually(
                    "the drop waits for the writer",
                    () -> TestServer.strings(
                                    external,
                                    "select count(*) from pg_locks where not granted and mode = 'ShareRowExclusiveLock'")
                            .contains("1"));
            writer.commit();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(archiving::get)
                    .withMessageContaining("arrived while it was being archived");
        }
        assertThat(live()).containsExactly("101");
        assertThat(store().list("")).as("what each attempt would leave").isEmpty();
    }

    /** A request more, not committed. */
    private static void write(Statement insert) {
        try {
            insert.execute(
                    "insert into usage_logs select gen_random_uuid(), time, null, null, route, method, status, cache,"
                            + " latency_us, origin_us, bytes_in, bytes_out, null, null, node from usage_logs limit 1");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anArchiveThatIsGoneOrDamagedIsNamed() throws Exception {
        Archives archives = dayArchived(10);
        Path object = only(DAY);
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 1;
        Files.write(object, bytes);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> archives.read(ALL, false, 10, event -> {}))
                .withMessageContaining("usage/2026/11/20/part-1-0-")
                .withMessageContaining("damaged");
        try (Stream<Path> left = Files.list(folder.resolve("work"))) {
            assertThat(left).as("copies of it, one for each who asks").isEmpty();
        }
        Files.delete(object);

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> archives.read(ALL, false, 10, event -> {}))
                .withMessageContaining("usage/2026/11/20/part-1-0-");
    }

    @Test
    void aUserIsForgottenInArchivesAndNobodyElse() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z", 300);
        Archives archives = archives();
        archives.archive(DAY);
        archives.archive(DAY.plusDays(1));

        assertThat(archives.forget(3, true).requests()).isPositive();
        long forgotten = archives.forget(3, false).requests();

        assertThat(forgotten)
                .isEqualTo(written.stream().filter(e -> e.userId() == 3).count())
                .isPositive();
        List<UsageEvent> expected = written.stream()
                .map(e -> e.userId() != 3
                        ? e
                        : new UsageEvent(
                                e.id(),
                                e.timeMillis(),
                                0,
                                0,
                                e.route(),
                                e.method(),
                                e.status(),
                                e.cache(),
                                e.latencyMicros(),
                                e.originMicros(),
                                e.bytesIn(),
                                e.bytesOut(),
                                null,
                                null,
                                e.node()))
                .toList();
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(expected);
        // Nothing of the user is left in the store under another name.
        assertThat(store().list("")).hasSize(2).allMatch(n -> n.contains("/part-1-1-"));
        assertThat(archives.forget(3, false).requests()).isZero();
    }

    /** As a server does whose client is not heard of. */
    private void dropTheLock() {
        TestServer.execute(
                external,
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and database ="
                        + " (select oid from pg_database where datname = current_database())"
                        + " and (classid::bigint << 32 | objid::bigint) ="
                        + " hashtextextended(current_schema() || ' archives', 0)");
    }

    /** In a bucket each costs requests, of which a day has so many. */
    @Test
    void noArchiveIsFetchedForWhomTheDatabaseIsAway() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z", 300);
        List<String> fetched = new ArrayList<>();
        Archives archives = archives(DisturbedStore.whenGot(store(), name -> {
            fetched.add(name);
            dropTheLock();
        }));
        Archives other = otherArchives();
        other.retain(new Archives.Policy(1, 1L << 40), () -> false);
        assertThat(store().list("")).hasSize(2);

        assertThatExceptionOfType(DataException.class).isThrownBy(() -> archives.forget(3, false));

        assertThat(fetched).hasSize(1);
        assertThat(other.forget(3, false).requests()).isPositive();
    }

    /** Has another fleet do it now. */
    private static void finish(FutureTask<?> meanwhile) throws IOException {
        Thread.ofVirtual().start(meanwhile);
        try {
            meanwhile.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    /** Its connections were dropped, with its lock; another fleet has archived the day, and a late event, when it goes on. */
    @Test
    void aFleetThatSleepsWhileItStoresADayTakesNothingFromTheOneThatDidMeanwhile() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 100);
        Archives other = otherArchives();
        FutureTask<Long> meanwhile = new FutureTask<>(() -> {
            dropTheLock();
            write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 1);
            return other.archive(DAY);
        });
        Archives sleeping = archives(DisturbedStore.whenPut(store(), name -> finish(meanwhile)));

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> sleeping.archive(DAY))
                .withMessageContaining("arrived while it was being archived");

        assertThat(meanwhile.get()).isEqualTo(101);
        only(DAY);
        assertThat(read(other, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
    }

    @Test
    void aDayIsReadWhileSomebodyIsForgottenInIt() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 100);
        Archives other = otherArchives();
        other.archive(DAY);
        FutureTask<Archives.Forgotten> meanwhile = new FutureTask<>(() -> other.forget(3, false));
        Archives reading = archives(DisturbedStore.whenGot(store(), name -> finish(meanwhile)));

        assertThat(read(reading, ALL, false, Long.MAX_VALUE)).hasSize(100).noneMatch(e -> e.userId() == 3);
    }

    /** Names were once without what is drawn by lot. */
    @Test
    void anArchiveOfAnOlderProgramIsReadAndForgottenIn() throws Exception {
        Archives archives = dayArchived(100);
        Path old = only(DAY).resolveSibling("part-1-0.parquet");
        Files.move(only(DAY), old);
        TestServer.execute(external, "update usage_archives set object = 'usage/2026/11/20/part-1-0.parquet'");
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);

        assertThat(archives.forget(3, false).requests()).isPositive();

        assertThat(only(DAY).getFileName().toString()).startsWith("part-1-1-");
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).hasSize(100).noneMatch(e -> e.userId() == 3);
    }

    @Test
    void aDayIsReadWhileItIsArchived() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 300);
        Archives archives = archives();
        Thread archiving = Thread.ofVirtual().start(() -> archives.archive(DAY));
        for (boolean more = true; more; ) {
            more = archiving.isAlive();
            assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
        }
        assertThat(Set.copyOf(live())).containsExactly("0");
    }
}
