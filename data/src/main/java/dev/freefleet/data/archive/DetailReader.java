package dev.freefleet.data.archive;

import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.edge.UsageEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a span day by day. Each day is one transaction, which keeps its partition from being dropped before it asks whether it
 * was: so a day that is being archived meanwhile is read from one place, and from one only.
 */
final class DetailReader {
    /** A reader that stalls must not keep a day's lock. */
    private static final String PATIENCE = "set local idle_in_transaction_session_timeout = '60s'";
    /** Beyond these years PostgreSQL stores nothing. */
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

    private final Database database;
    private final ArchiveStore store;
    private final WorkFolder work;

    DetailReader(Database database, ArchiveStore store, WorkFolder work) {
        this.database = database;
        this.store = store;
        this.work = work;
    }

    long read(Selection wanted, Consumer<UsageEvent> consumer) {
        Selection selection = bounded(wanted);
        long limit = wanted.limit();
        long told = 0;
        try {
            for (LocalDate day : days(selection)) {
                if (told >= limit) {
                    break;
                }
                told += day(selection.of(day), day, limit - told, consumer);
            }
        } catch (SQLException | IOException e) {
            throw new DataException(
                    DataException.Kind.UNAVAILABLE, "Usage cannot be read to its end: " + e.getMessage(), e);
        }
        return told;
    }

    private static Selection bounded(Selection selection) {
        UsageFilter filter = selection.filter();
        Instant from = filter.from().isBefore(Instant.EPOCH) ? Instant.EPOCH : filter.from();
        Instant to = filter.to().isAfter(LAST) ? LAST : filter.to();
        return new Selection(
                new UsageFilter(from, to, filter.keyId(), filter.userId(), filter.route()),
                selection.newestFirst(),
                selection.limit());
    }

    private List<LocalDate> days(Selection selection) {
        LocalDate from = LocalDate.ofInstant(selection.filter().from(), ZoneOffset.UTC);
        LocalDate to =
                LocalDate.ofInstant(selection.filter().to(), ZoneOffset.UTC).plusDays(1);
        TreeSet<LocalDate> days = new TreeSet<>();
        database.query(h -> {
            // In this order: a day that is archived in between is named by both.
            days.addAll(Catalogue.liveDays(h, from, to));
            Catalogue.entries(h, from, to).forEach(entry -> days.add(entry.day()));
            return days;
        });
        return List.copyOf(selection.newestFirst() ? days.reversed() : days);
    }

    private long day(Selection selection, LocalDate day, long limit, Consumer<UsageEvent> consumer)
            throws SQLException, IOException {
        List<Path> files = new ArrayList<>();
        try (Connection connection = database.source().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(PATIENCE);
                statement.execute("lock table usage_logs in access share mode");
            }
            List<Catalogue.Entry> entries = Catalogue.entries(connection, day);
            if (entries.isEmpty()) {
                try (Rows live = live(connection, selection)) {
                    return merge(List.of(live), selection, limit, consumer);
                }
            }
            try (Parquet parquet = new Parquet(work.path());
                    Rows live = live(connection, selection)) {
                List<Rows> sources = new ArrayList<>(List.of(live));
                try {
                    for (Catalogue.Entry entry : entries) {
                        files.add(work.file(".parquet")); // what is damaged or cut off is deleted, too
                        fetch(connection, entry, files.getLast());
                        sources.add(parquet.read(files.getLast(), selection));
                    }
                    return merge(sources, selection, limit, consumer);
                } finally {
                    for (Rows source : sources.subList(1, sources.size())) {
                        source.close();
                    }
                }
            }
        } finally {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Rows live(Connection connection, Selection selection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(selection.live());
        statement.setFetchSize(1_000);
        selection.bind(statement, 1);
        return new Rows(statement);
    }

    private void fetch(Connection connection, Catalogue.Entry entry, Path file) throws IOException, SQLException {
        if (!store.get(entry.object(), file)) {
            for (Catalogue.Entry now : Catalogue.entries(connection, entry.day())) {
                if (now.part() == entry.part() && !now.object().equals(entry.object())) {
                    fetch(connection, now, file); // somebody was forgotten since
                    return;
                }
            }
            throw new IOException("the archive of " + entry.day() + ", " + entry.object() + ", is not in "
                    + store.describe() + "; restore it there, or leave this day out");
        }
        if (!Arrays.equals(Digests.sha256(file), entry.sha256())) {
            throw new IOException("the archive of " + entry.day() + ", " + entry.object() + " in " + store.describe()
                    + ", is damaged; restore it there, or leave this day out");
        }
    }

    /** One after the other in the order of their time. */
    private static long merge(List<Rows> sources, Selection selection, long limit, Consumer<UsageEvent> consumer)
            throws SQLException {
        Comparator<Row> order = selection.newestFirst() ? Row.ORDER.reversed() : Row.ORDER;
        List<@Nullable Row> heads = new ArrayList<>();
        for (Rows source : sources) {
            heads.add(source.next());
        }
        long told = 0;
        while (told < limit) {
            int first = -1;
            for (int i = 0; i < heads.size(); i++) {
                @Nullable Row head = heads.get(i);
                @Nullable Row best = first < 0 ? null : heads.get(first);
                if (head != null && (best == null || order.compare(head, best) < 0)) {
                    first = i;
                }
            }
            @Nullable Row row = first < 0 ? null : heads.get(first);
            if (row == null) {
                return told;
            }
            consumer.accept(row.event());
            told++;
            heads.set(first, sources.get(first).next());
        }
        return told;
    }
}
