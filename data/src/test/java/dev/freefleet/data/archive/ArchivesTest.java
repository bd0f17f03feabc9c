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
import java.util.HashSet;
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

    /** The one object of a day. */
    private Path only(LocalDate day) throws IOException {
        List<String> objects = new FolderArchive(folder.resolve("store")).list(Catalogue.folder(day));
        assertThat(objects).hasSize(1);
        return folder.resolve("store").resolve(objects.getFirst());
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
        assertThat(new FolderArchive(folder.resolve("store")).list(""))
                .as("what each attempt would leave")
                .isEmpty();
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
        assertThat(new FolderArchive(folder.resolve("store")).list(""))
                .hasSize(2)
                .allMatch(n -> n.contains("/part-1-1-"));
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
        Path left = only(DAY.plusDays(1));

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
        Path old = only(DAY);
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
        Archives.Forgotten forgotten = archives.forget(written.getFirst().userId(), false);
        assertThat(forgotten.requests()).isPositive();
        assertThat(forgotten.unknown()).as("what they may be in still").isEqualTo(1);
        assertThat(old).hasBinaryContent(before);
    }

    /** A copy that a death left while somebody was being forgotten, of which the entry's own object has all. */
    @Test
    void whatIsInTheNamedArchiveTooIsRemoved() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        Path old = only(DAY);
        byte[] before = Files.readAllBytes(old);
        assertThat(archives.forget(3, false).requests()).isPositive();
        assertThat(old).doesNotExist();
        Files.write(old, before);

        assertThat(archives.sweep()).isEqualTo(1);

        assertThat(old).doesNotExist();
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).hasSize(200).noneMatch(e -> e.userId() == 3);
    }

    /** The one of which the database knows is no proof while it is not what was written: the other may have to take its place. */
    @Test
    void whatIsInADamagedArchiveTooIsKept() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        Path old = only(DAY);
        byte[] before = Files.readAllBytes(old);
        archives.forget(3, false);
        Files.write(only(DAY), before);
        Files.write(old, before);

        assertThat(archives.sweep()).isZero();

        assertThat(old).hasBinaryContent(before);
    }

    /** Copied by hand: the rows that it has are not those of the day by whose name it goes. */
    @Test
    void whatIsAmongTheArchivesOfAnotherDayIsKept() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        TestServer.execute(external, "delete from usage_archives");
        Path mislaid = folder.resolve("store/" + Catalogue.folder(DAY.plusDays(1)) + "part-1-0.parquet");
        Files.createDirectories(mislaid.getParent());
        Files.move(only(DAY), mislaid);

        assertThat(archives.sweep()).isZero();

        assertThat(mislaid).exists();
    }

    @Test
    void whatIsNoArchiveIsLeftAloneAndKeepsNothingFromBeingRemoved() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-22T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        Path old = only(DAY);
        byte[] before = Files.readAllBytes(old);
        archives.forget(3, false);
        Files.write(old, before);
        Path readMe = folder.resolve("store/" + Catalogue.folder(DAY.plusDays(1)) + "READ_ME");
        Path garbage = folder.resolve("store/" + Catalogue.folder(DAY.plusDays(1)) + "part-1-0.parquet");
        Files.createDirectories(readMe.getParent());
        Files.writeString(readMe, "Do not touch");
        Files.writeString(garbage, "What a disk made of it");

        assertThat(archives.sweep()).isEqualTo(1);

        assertThat(old).doesNotExist();
        assertThat(readMe).exists();
        assertThat(garbage).exists();
        assertThat(archives.forget(4, false).unknown()).isEqualTo(2);
    }

    /** A late event was a part of its own; the database was put back to before, had both, and archived them as one. */
    @Test
    void whatIsInAnotherPartOfItsDayIsRemoved() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 20);
        archives.archive(DAY);
        TestServer.execute(
                external,
                "truncate usage_archives, usage_days, usage_changes, usage_daily, usage_daily_users, usage_hourly, queries_top");
        UsageFixture.write(plane, written);
        archives.archive(DAY);

        assertThat(archives.sweep()).isEqualTo(2);

        only(DAY);
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
    }

    /** A store that somebody gets in the way of. */
    private record Disturbed(FolderArchive folder, Disturbance put, Disturbance get) implements ArchiveStore {
        private interface Disturbance {
            void before(String name) throws IOException;
        }

        @Override
        public void put(String name, Path file) throws IOException {
            put.before(name);
            folder.put(name, file);
        }

        @Override
        public boolean get(String name, Path file) throws IOException {
            get.before(name);
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

    /** It still has what they asked. */
    @Test
    void nobodyIsForgottenWhileWhatADeathLeftCannotBeLookedAt() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 200);
        Archives archives = archives();
        archives.archive(DAY);
        Path old = only(DAY);
        byte[] before = Files.readAllBytes(old);
        archives.forget(3, false);
        Files.write(old, before);
        Set<String> away = new HashSet<>();
        away.add(old.getFileName().toString());
        Archives disturbed = archives(new Disturbed(new FolderArchive(folder.resolve("store")), name -> {}, name -> {
            if (away.stream().anyMatch(name::endsWith)) {
                throw new IOException("the line is dead");
            }
        }));

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> disturbed.forget(4, false))
                .withMessageContaining("the line is dead");
        away.clear();
        disturbed.forget(4, false);

        assertThat(old).doesNotExist();
    }

    /** Else all that is kept would be fetched each week, and each hour while somebody cannot be forgotten. */
    @Test
    void whatIsKeptIsFetchedOnce() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 200);
        archives().archive(DAY);
        TestServer.execute(
                external,
                "truncate usage_archives, usage_days, usage_changes, usage_daily, usage_daily_users, usage_hourly, queries_top");
        written.clear();
        write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 20);
        List<String> fetched = new ArrayList<>();
        Archives archives =
                archives(new Disturbed(new FolderArchive(folder.resolve("store")), name -> {}, fetched::add));
        archives.archive(DAY);
        fetched.clear();

        assertThat(archives.sweep()).isZero();
        assertThat(fetched).hasSize(2);
        assertThat(archives.sweep()).isZero();
        assertThat(fetched).hasSize(2);
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
        Archives archives = archives(new Disturbed(new FolderArchive(folder.resolve("store")), name -> {}, name -> {
            fetched.add(name);
            dropTheLock();
        }));
        FolderArchive store = new FolderArchive(folder.resolve("store"));
        Archives other = new Archives(database, rollups, store, folder.resolve("other"), clock);
        other.retain(new Archives.Policy(1, 1L << 40), () -> false);
        assertThat(store.list("")).hasSize(2);

        assertThatExceptionOfType(DataException.class).isThrownBy(() -> archives.forget(3, false));

        assertThat(fetched).hasSize(1);
        assertThat(other.forget(3, false).requests()).isPositive();
    }

    /** Its connections were dropped, with its lock; another fleet has archived the day, and a late event, when it goes on. */
    @Test
    void aFleetThatSleepsWhileItStoresADayTakesNothingFromTheOneThatDidMeanwhile() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 100);
        FolderArchive store = new FolderArchive(folder.resolve("store"));
        Archives other = new Archives(database, rollups, store, folder.resolve("other"), clock);
        FutureTask<Long> meanwhile = new FutureTask<>(() -> {
            dropTheLock();
            write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 1);
            return other.archive(DAY);
        });
        Archives sleeping = archives(new Disturbed(
                store,
                name -> {
                    Thread.ofVirtual().start(meanwhile);
                    try {
                        meanwhile.get();
                    } catch (InterruptedException | ExecutionException e) {
                        throw new IOException(e);
                    }
                },
                name -> {}));

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
        FolderArchive store = new FolderArchive(folder.resolve("store"));
        Archives other = new Archives(database, rollups, store, folder.resolve("other"), clock);
        other.archive(DAY);
        FutureTask<Archives.Forgotten> meanwhile = new FutureTask<>(() -> other.forget(3, false));
        Archives reading = archives(new Disturbed(store, name -> {}, name -> {
            Thread.ofVirtual().start(meanwhile);
            try {
                meanwhile.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IOException(e);
            }
        }));

        assertThat(read(reading, ALL, false, Long.MAX_VALUE)).hasSize(100).noneMatch(e -> e.userId() == 3);
    }

    /** Names were once without what is drawn by lot. */
    @Test
    void anArchiveOfAnOlderProgramIsReadAndForgottenIn() throws Exception {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", 100);
        Archives archives = archives();
        archives.archive(DAY);
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
