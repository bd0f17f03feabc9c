package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's PostgreSQL, with its tables brought up to date: users, keys and usage. Safe for use by several threads;
 * several fleets may share an external database.
 */
public final class DataPlane implements AutoCloseable {
    private static final Duration REREAD_KEYS = Duration.ofSeconds(30);

    private final @Nullable EmbeddedPostgres server;
    private final Logins logins;
    private final Clock clock;
    private final Duration timeout;
    private final Database database;
    private final Users users;
    private final Keys keys;
    private final AuditLog audit;
    private final Forgetting forgetting;
    private final UsageQueries usage;
    private final KeyFeed feed;

    /**
     * Starts the embedded server or reaches the external one, and brings the tables up to date.
     *
     * @param clock the time that rows are given, and by whose UTC day usage is laid down
     * @throws DataException UNAVAILABLE if the server cannot be reached, UNUSABLE if the server, its directory or its
     *     tables cannot be used: wrong password, in use by another fleet, too old, from a newer fleet, not writable
     */
    public static DataPlane open(DataConfig config, Clock clock) {
        return open(config, clock, new Cancellation());
    }

    static DataPlane open(DataConfig config, Clock clock, Cancellation cancellation) {
        return switch (config.database()) {
            case DataConfig.Embedded embedded -> open(config, clock, EmbeddedPostgres.start(embedded, cancellation));
            case DataConfig.External external -> new DataPlane(config, clock, null, Logins.of(external));
        };
    }

    /**
     * How to reach the embedded server that another process of the same user has started in a directory: commands run
     * beside a running fleet by it.
     *
     * @return empty where no server runs there
     */
    public static Optional<DataConfig> running(Path directory) {
        return Optional.ofNullable(
                        EmbeddedPostgres.running(directory.toAbsolutePath().normalize()))
                .map(DataConfig::of);
    }

    private static DataPlane open(DataConfig config, Clock clock, EmbeddedPostgres server) {
        try {
            return new DataPlane(config, clock, server, Logins.one(FleetDatabase.prepared(server)));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private DataPlane(DataConfig config, Clock clock, @Nullable EmbeddedPostgres server, Logins logins) {
        this.server = server;
        this.logins = logins;
        this.clock = requireNonNull(clock, "clock");
        timeout = config.timeout();
        Schema.migrate(logins.owner());
        Grants.apply(logins);
        makePartitions(List.of());
        database = new Database(logins.main(), config);
        users = new Users(database, clock, AuditLog.FLEET);
        keys = new Keys(database, clock, AuditLog.FLEET);
        audit = new AuditLog(database, clock);
        forgetting = new Forgetting(database, clock);
        usage = new UsageQueries(database);
        try {
            feed = new KeyFeed(logins.main(), clock, REREAD_KEYS, keys.book());
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    public Users users() {
        return users;
    }

    public Keys keys() {
        return keys;
    }

    public AuditLog audit() {
        return audit;
    }

    public Forgetting forgetting() {
        return forgetting;
    }

    public UsageQueries usage() {
        return usage;
    }

    /**
     * Tells a gateway what it must know of keys: all of it at once in this thread, and all of it again after each change,
     * in another. A change arrives within milliseconds while the database is there, whichever process made it, and at
     * the latest half a minute after it is there again.
     *
     * @param listener must be quick; what it throws is logged
     * @return to be closed when the listener wants no more
     */
    public AutoCloseable onKeysChanged(Consumer<KeyBook> listener) {
        return feed.subscribe(requireNonNull(listener, "listener"));
    }

    /**
     * Connections of their own for work that goes on beside the commands, and opened when they are needed. To be closed
     * before the data plane is. They are those of the tables' owner.
     *
     * @param name in the log
     * @param size the most at once, 1 to 100
     */
    public Database pool(String name, int size) {
        return new Database(logins.owner(), name, size, 0, timeout);
    }

    /** As {@link #pool}, for what only reads usage: they are those of the role that can change nothing. */
    public Database readingPool(String name, int size) {
        return new Database(logins.read(), name, size, 0, timeout);
    }

    /** Begins to take usage events. To be closed before the data plane is. */
    public UsageIngest ingest(IngestConfig ingest) {
        return new UsageIngest(logins, clock, ingest);
    }

    /**
     * Takes usage that edges elsewhere send in batches. To be closed before the data plane is.
     *
     * @param questions what is kept of questions
     */
    public EdgeUsage edgeUsage(QuestionPolicy questions) {
        return new EdgeUsage(logins, clock, questions);
    }

    /** Where PostgreSQL is, as a person would name it; without a password. */
    public String describe() {
        return (server == null ? "" : "embedded PostgreSQL, ") + logins.main();
    }

    /** Lets go of the database, and stops the embedded server. */
    @Override
    public void close() {
        feed.close();
        database.close();
        if (server != null) {
            server.close();
        }
    }

    /** Sees to the partitions of today and the coming week. @throws DataException if the database cannot be used */
    public void makePartitions() {
        long today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toEpochDay();
        makePartitions(LongStream.rangeClosed(today, today + 7).boxed().toList());
    }

    private void makePartitions(List<Long> days) {
        try (Connection connection = logins.owner().connect()) {
            new DayPartitions(clock).ensure(connection, days);
        } catch (SQLException e) {
            throw SqlFailures.translate(e, logins.owner());
        }
    }
}
