package dev.freefleet.data.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.freefleet.data.DataException;
import dev.freefleet.data.TestServer;
import dev.freefleet.data.rollup.UsageFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What of a store's objects is removed, and what is kept, of those that no entry leads to. */
class LeftoversTest extends ArchivesFixture {
    /** A new one has the schema and nothing else. */
    private void loseTheDatabase() {
        TestServer.execute(
                external,
                "truncate usage_archives, usage_days, usage_changes, usage_daily, usage_daily_users, usage_hourly, queries_top");
    }

    /** The day's object from before somebody was forgotten, as where a death kept it from being deleted. */
    private Path leftByForgetting(Archives archives) throws IOException {
        Path old = only(DAY);
        byte[] before = Files.readAllBytes(old);
        assertThat(archives.forget(3, false).requests()).isPositive();
        assertThat(old).doesNotExist();
        Files.write(old, before);
        return old;
    }

    /** It holds what people asked, those too who were forgotten since, and no entry leads there. */
    @Test
    void whatADeathLeftUnfinishedIsRemoved() throws Exception {
        Archives archives = dayArchived(100);
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
        DisturbedStore.Step dead = name -> {
            throw new IOException("the line is dead");
        };
        ArchiveStore dying = new DisturbedStore(store(), name -> {}, dead, dead);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> archives(dying).archive(DAY.plusDays(1)))
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
        Archives archives = dayArchived(200);
        Path old = only(DAY);
        byte[] before = Files.readAllBytes(old);
        loseTheDatabase();
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
        Archives archives = dayArchived(200);
        Path old = leftByForgetting(archives);

        assertThat(archives.sweep()).isEqualTo(1);

        assertThat(old).doesNotExist();
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).hasSize(200).noneMatch(e -> e.userId() == 3);
    }

    /** The one of which the database knows is no proof while it is not what was written: the other may have to take its place. */
    @Test
    void whatIsInADamagedArchiveTooIsKept() throws Exception {
        Archives archives = dayArchived(200);
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
        Path old = leftByForgetting(archives);
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
        Archives archives = dayArchived(200);
        write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 20);
        archives.archive(DAY);
        loseTheDatabase();
        UsageFixture.write(plane, written);
        archives.archive(DAY);

        assertThat(archives.sweep()).isEqualTo(2);

        only(DAY);
        assertThat(read(archives, ALL, false, Long.MAX_VALUE)).isEqualTo(written);
    }

    /** It still has what they asked. */
    @Test
    void nobodyIsForgottenWhileWhatADeathLeftCannotBeLookedAt() throws Exception {
        Archives archives = dayArchived(200);
        Path old = leftByForgetting(archives);
        Set<String> away = new HashSet<>();
        away.add(old.getFileName().toString());
        Archives disturbed = archives(DisturbedStore.whenGot(store(), name -> {
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
        loseTheDatabase();
        written.clear();
        write("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 20);
        List<String> fetched = new ArrayList<>();
        Archives archives = archives(DisturbedStore.whenGot(store(), fetched::add));
        archives.archive(DAY);
        fetched.clear();

        assertThat(archives.sweep()).isZero();
        assertThat(fetched).hasSize(2);
        assertThat(archives.sweep()).isZero();
        assertThat(fetched).hasSize(2);
    }
}
