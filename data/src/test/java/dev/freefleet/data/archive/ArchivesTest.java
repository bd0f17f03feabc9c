package dev.freefleet.data.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataException;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.Eventually;
import dev.freefleet.data.SmallDisk;
import dev.freefleet.data.TestClock;
import dev.freefleet.data.TestServer;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.data.rollup.Figures;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.data.rollup.UsageFixture;
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
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchivesTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");
    private static final UsageFilter ALL = UsageFilter.between(Instant.MIN, Instant.MAX);

    @TempDir
    Path folder;

    private final DataConfig.External external = TestServer.newDatabase();
    private final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    private final DataPlane plane = DataPlane.open(DataConfig.of(external), clock);
    private final Database database = plane.pool("archives", 5);
    private final Rollups rollups = new Rollups(database, clock);
    private final UsageFixture fixture = new UsageFixture(11);
    private final List<UsageEvent> written = new ArrayList<>();

    @AfterEach
    void close() {
        database.close();
        plane.close();
    }

    private Archives archives() {
        return archives(new FolderArchive(folder.resolve("store")));
    }

    private Archives archives(ArchiveStore store) {
        return new Archives(database, rollups, store, folder.resolve("work"), clock);
    }

    private void write(String from, String to, int count) throws InterruptedException {
        List<UsageEvent> events = fixture.events(Instant.parse(from), Instant.parse(to), count);
        UsageFixture.write(plane, events);
        written.addAll(events);
        written.sort(Comparator.comparingLong(UsageEvent::timeMillis).thenComparing(UsageEvent::id));
    }

    /** Some 90 MB that do not compress. */
    private void writeMuch(String time) {
        TestServer.execute(
                external,
                "insert into usage_logs select gen_random_uuid(), '" + time
                        + "', null, null, 'query', 'GET', 200, 'hit', 1,"
                        + " 0, 0, 0, null, (select string_agg(md5(i::text || j), '') from generate_series(1, 60) j), 'edge-1'"
                        + " from generate_series(1, 45000) i");
    }

    private List<UsageEvent> read(Archives archives, UsageFilter filter, boolean newestFirst, long limit) {
        List<UsageEvent> read = new ArrayList<>();
        assertThat(archives.read(filter, newestFirst, limit, read::add)).isEqualTo(read.size());
        return read;
    }

    /** What the figures say of a span. */
    private long total(LocalDate from, LocalDate to) {
        return rollups.summary(from, to, Rollups.By.TOTAL).values().stream()
                .mapToLong(Figures::requests)
                .sum();
    }

    private List<String> live() {
        return TestServer.strings(external, "select count(*) from usage_logs");
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
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);

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
        ArchiveStore rotting = new Rotting(folder.resolve("store"));

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
            ArchiveStore store = new Told(new FolderArchive(folder.resolve("store")), () -> write(insert));
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

    /** Tells when something was put into it. */
    private record Told(FolderArchive folder, Runnable put) implements ArchiveStore {
        @Override
        public void put(String name, Path file) throws IOException {
            folder.put(name, file);
            put.run();
        }

        @Override
        public boolean get(String name, Path file) throws IOException {
            return folder.get(name, file);
        }

        @Override
        public List<String> list(String prefix) throws IOException {
            return folder.list(prefix);
        }

        @Override
        public void delete(String name) throws IOException {
            folder.delete(name);
        }

        @Override
        public String describe() {
            return folder.describe();
        }
    }

    /** Takes one object and is then not to be reached. */
    private record Dying(FolderArchive folder) implements ArchiveStore {
        @Override
        public void put(String name, Path file) throws IOException {
            folder.put(name, file);
        }

        @Override
        public boolean get(String name, Path file) throws IOException {
            throw new IOException("the line is dead");
        }

        @Override
        public List<String> list(String prefix) throws IOException {
            return folder.list(prefix);
        }

        @Override
        public void delete(String name) throws IOException {
            throw new IOException("the line is dead");
        }

        @Override
        public String describe() {
            return folder.describe();
        }
    }

    /** Turns a bit of what it keeps. */
    private static final class Rotting implements ArchiveStore {
        private final FolderArchive folder;

        Rotting(Path path) {
            folder = new FolderArchive(path);
        }

        @Override
        public void put(String name, Path file) throws IOException {
            folder.put(name, file);
        }

        @Override
        public boolean get(String name, Path file) throws IOException {
            boolean found = folder.get(name, file);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
            return found;
        }

        @Override
        public List<String> list(String prefix) throws IOException {
            return folder.list(prefix);
        }

        @Override
        public void delete(String name) throws IOException {
            folder.delete(name);
        }

        @Override
        public String describe() {
            return "a rotting disk";
        }
    }

    @Test
    void anArchiveThatIsGoneOrDamagedIsNamed() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 10);
        Archives archives = archives();
        archives.archive(DAY);
        Path object = folder.resolve("store/usage/2026/11/20/part-1-0.parquet");
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 1;
        Files.write(object, bytes);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> archives.read(ALL, false, 10, event -> {}))
                .withMessageContaining("part-1-0.parquet")
                .withMessageContaining("damaged");
        new FolderArchive(folder.resolve("store")).delete("usage/2026/11/20/part-1-0.parquet");

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> archives.read(ALL, false, 10, event -> {}))
                .withMessageContaining("usage/2026/11/20/part-1-0.parquet");
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
        assertThat(new FolderArchive(folder.resolve("store")).list(""))
                .hasSize(2)
                .allMatch(n -> n.endsWith("-1.parquet"));
        assertThat(archives.forget(3, false).requests()).isZero();
    }

    /** It holds what people asked, those too who were forgotten since, and no entry leads there. */
    @Test
    void whatADeathLeftUnfinishedIsRemoved() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 100);
        Archives archives = archives();
        archives.archive(DAY);
        Path left = folder.resolve("store/usage/2026/11/20/part-2-0.parquet.0b6c.unfinished");
        for (Callable<? extends Number> sweep : List.<Callable<? extends Number>>of(
                archives::sweep, () -> archives.forget(3, false).requests())) {
            Files.writeString(left, "What a user asked");
            assertThat(sweep.call().longValue()).isPositive();
            assertThat(left).doesNotExist();
        }
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).hasSize(100);
    }

    /** As where the database was lost and a new one got the old one's bucket. */
    @Test
    void archivesThatMayBeAllThatIsLeftAreKept() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        TestServer.execute(external, "create table lost as select * from usage_archives");
        TestServer.execute(external, "delete from usage_archives");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> archives(new Dying(new FolderArchive(folder.resolve("store"))))
                        .archive(DAY.plusDays(1)))
                .withMessageContaining("the line is dead");
        Path left = folder.resolve("store/" + Catalogue.object(DAY.plusDays(1), (short) 1, 0));
        assertThat(left).exists();

        assertThat(archives.sweep()).isEqualTo(1);

        assertThat(left).doesNotExist();
        TestServer.execute(external, "insert into usage_archives select * from lost");
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
    }

    /** It gives the day detail, and then an archive, of the same name as that which the new database does not know. */
    @Test
    void aLateEventInANewDatabaseTakesNothingFromTheDaysOldArchive() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        Path old = folder.resolve("store/" + Catalogue.object(DAY, (short) 1, 0));
        byte[] before = Files.readAllBytes(old);
        TestServer.execute(
                external,
                "truncate usage_archives, usage_days, usage_changes, usage_daily, usage_daily_users, usage_hourly, queries_top");
        written.clear();
        write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 20);

        assertThat(archives.sweep()).isZero();
        assertThat(archives.archive(DAY)).isEqualTo(20);
        assertThat(archives.sweep()).isZero();

        assertThat(old).hasBinaryContent(before);
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
        assertThat(archives.forget(written.getFirst().userId(), false).requests())
                .isPositive();
        assertThat(old).hasBinaryContent(before);
    }

    /** A copy that a death left while somebody was being forgotten, of which the entry's own object has all. */
    @Test
    void whatIsInTheNamedArchiveTooIsRemoved() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        Path old = folder.resolve("store/" + Catalogue.object(DAY, (short) 1, 0));
        byte[] before = Files.readAllBytes(old);
        assertThat(archives.forget(3, false).requests()).isPositive();
        assertThat(old).doesNotExist();
        Files.write(old, before);

        assertThat(archives.sweep()).isEqualTo(1);

        assertThat(old).doesNotExist();
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).hasSize(200).noneMatch(e -> e.userId() == 3);
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
