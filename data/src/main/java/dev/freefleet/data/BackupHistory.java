package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of backups, in {@code backup_history}, for those that make them beside a running fleet or without one. Everything may be
 * said twice. Has one connection of its own; for one thread.
 */
public final class BackupHistory implements AutoCloseable {
    private static final int LONGEST_SENTENCE = 2_000;
    private static final int LONGEST_NAME = 256;

    private final Login login;
    private final Connection connection;

    private BackupHistory(Login login, Connection connection) {
        this.login = login;
        this.connection = connection;
    }

    /**
     * One source's backup into one store.
     *
     * @param id what makes it the same when it is said again
     * @param snapshot its id in the repository; null where it failed
     * @param problem what went wrong, in a sentence; null where nothing did
     */
    public record Run(
            UUID id,
            String source,
            String store,
            @Nullable String snapshot,
            Instant started,
            Instant finished,
            @Nullable String problem,
            long files,
            long bytesRead,
            long bytesStored) {
        public Run {
            requireNonNull(id, "id");
            requireNonNull(source, "source");
            requireNonNull(store, "store");
            requireNonNull(started, "started");
            requireNonNull(finished, "finished");
        }
    }

    /**
     * Reaches a database that runs; an embedded one is not started for this.
     *
     * @throws DataException UNAVAILABLE if it cannot be reached, UNUSABLE if it has no such table
     */
    public static BackupHistory open(DataConfig.Database database) {
        DataConfig.@Nullable External running = switch (database) {
            case DataConfig.External external -> external;
            case DataConfig.Embedded embedded -> EmbeddedPostgres.running(embedded.directory());
        };
        if (running == null) {
            throw new DataException(
                    DataException.Kind.UNAVAILABLE,
                    "The embedded database does not run; start the fleet with ./fleet up.");
        }
        // The owner of the tables: a backup is no everyday work.
        Login login = running.login(running.roles().migrate());
        try {
            Connection connection = login.connect();
            BackupHistory history = new BackupHistory(login, connection);
            try {
                history.requireTable();
                return history;
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        }
    }

    private void requireTable() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select to_regclass('backup_history') is not null");
                ResultSet row = query.executeQuery()) {
            row.next();
            if (!row.getBoolean(1)) {
                throw new DataException(
                        DataException.Kind.UNUSABLE,
                        "The database " + Login.describe(login.url())
                                + " has no table backup_history; start this fleet once with ./fleet up.");
            }
        }
    }

    /** Keeps a run; one that is kept already stays as it is. */
    public void add(Run run) {
        String sql =
                "insert into backup_history (id, snapshot_id, source, store, started_at, finished_at, outcome, problem,"
                        + " files, bytes_read, bytes_stored) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing";
        update(sql, s -> {
            boolean done = run.snapshot() != null;
            s.setObject(1, run.id());
            s.setString(2, run.snapshot());
            s.setString(3, clipped(run.source(), LONGEST_NAME));
            s.setString(4, clipped(run.store(), LONGEST_NAME));
            s.setObject(5, Database.utc(run.started()));
            s.setObject(6, Database.utc(run.finished()));
            s.setString(7, done ? "done" : "failed");
            s.setString(8, run.problem() == null ? null : clipped(run.problem(), LONGEST_SENTENCE));
            number(s, 9, done, run.files());
            number(s, 10, done, run.bytesRead());
            number(s, 11, done, run.bytesStored());
        });
    }

    private static void number(PreparedStatement s, int at, boolean known, long value) throws SQLException {
        if (known) {
            s.setLong(at, value);
        } else {
            s.setNull(at, Types.BIGINT);
        }
    }

    /** Every byte of these snapshots was read back from this store and found right. */
    public void verified(String store, Collection<String> snapshots, Instant at) {
        update(
                "update backup_history set verified_at = greatest(verified_at, ?) where store = ? and snapshot_id = any (?)",
                s -> {
                    s.setObject(1, Database.utc(at));
                    s.setString(2, store);
                    s.setArray(3, connection.createArrayOf("text", snapshots.toArray()));
                });
    }

    /** A Brain was started on this snapshot of this store, and asked. */
    public void drilled(String store, String snapshot, Instant at, boolean passed, String summary) {
        update(
                "update backup_history set drill_at = ?, drill_outcome = ?, drill_summary = ?"
                        + " where store = ? and snapshot_id = ? and (drill_at is null or drill_at <= ?)",
                s -> {
                    s.setObject(1, Database.utc(at));
                    s.setString(2, passed ? "passed" : "failed");
                    s.setString(3, clipped(summary, LONGEST_SENTENCE));
                    s.setString(4, store);
                    s.setString(5, snapshot);
                    s.setObject(6, Database.utc(at));
                });
    }

    /**
     * The questions that were asked most often and answered, most frequent first.
     *
     * @param count most of them
     */
    public List<String> frequentQuestions(Instant since, int count) {
        String sql = "select query_text from usage_logs where time >= ? and query_text is not null and status < 400"
                + " group by query_text order by count(*) desc, query_text limit ?";
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setObject(1, Database.utc(since));
            query.setInt(2, count);
            List<String> questions = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    questions.add(rows.getString(1));
                }
            }
            return questions;
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        }
    }

    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private void update(String sql, Binding binding) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            binding.bind(statement);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        }
    }

    private static String clipped(String text, int longest) {
        String clean = text.replace('\0', '?');
        return clean.length() <= longest ? clean : clean.substring(0, longest - 3) + "...";
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        }
    }
}
