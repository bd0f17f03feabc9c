package dev.freefleet.data.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Database;
import dev.freefleet.data.TestClock;
import dev.freefleet.data.TestServer;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.data.rollup.UsageFixture;
import dev.freefleet.edge.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Usage of some days in a database, and a folder for their archives. */
abstract class ArchivesFixture {
    static final LocalDate DAY = LocalDate.parse("2026-11-20");
    static final UsageFilter ALL = UsageFilter.between(Instant.MIN, Instant.MAX);

    @TempDir
    Path folder;

    final DataConfig.External external = TestServer.newDatabase();
    final TestClock clock = new TestClock("2026-11-23T12:00:00Z");
    final DataPlane plane = DataPlane.open(DataConfig.of(external), clock);
    final Database database = plane.pool("archives", 5);
    final Rollups rollups = new Rollups(database, clock);
    final UsageFixture fixture = new UsageFixture(11);
    final List<UsageEvent> written = new ArrayList<>();

    @AfterEach
    void close() {
        database.close();
        plane.close();
    }

    Archives archives() {
        return archives(store());
    }

    Archives archives(ArchiveStore store) {
        return new Archives(database, rollups, store, folder.resolve("work"), clock);
    }

    /** Of another fleet on the same database and store. */
    Archives otherArchives() {
        return new Archives(database, rollups, store(), folder.resolve("other"), clock);
    }

    FolderArchive store() {
        return new FolderArchive(folder.resolve("store"));
    }

    /** {@link #DAY} with so many requests, archived. */
    Archives dayArchived(int requests) throws InterruptedException {
        write("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", requests);
        Archives archives = archives();
        archives.archive(DAY);
        return archives;
    }

    void write(String from, String to, int count) throws InterruptedException {
        List<UsageEvent> events = fixture.events(Instant.parse(from), Instant.parse(to), count);
        UsageFixture.write(plane, events);
        written.addAll(events);
        written.sort(Comparator.comparingLong(UsageEvent::timeMillis).thenComparing(UsageEvent::id));
    }

    List<UsageEvent> read(Archives archives, UsageFilter filter, boolean newestFirst, long limit) {
        List<UsageEvent> read = new ArrayList<>();
        assertThat(archives.read(filter, newestFirst, limit, read::add)).isEqualTo(read.size());
        return read;
    }

    /** The one object of a day. */
    Path only(LocalDate day) throws IOException {
        List<String> objects = store().list(Catalogue.folder(day));
        assertThat(objects).hasSize(1);
        return folder.resolve("store").resolve(objects.getFirst());
    }

    List<String> live() {
        return TestServer.strings(external, "select count(*) from usage_logs");
    }
}
