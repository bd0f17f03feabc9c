package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.KeyState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's PostgreSQL, with its tables brought up to date: users, keys and usage. Safe for use by several threads;
 * several fleets may share an external database.
 */
public final class DataPlane implements AutoCloseable {
    private static final Duration REREAD_KEYS = Duration.ofSeconds(30);

    private final @Nullable EmbeddedPostgres server;
    private final Login login;
    private final Clock clock;
    private final Database database;
    private final Users users;
    private final Keys keys;
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
        return switch (config.database()) {
            case DataConfig.Embedded embedded -> open(config, clock, EmbeddedPostgres.start(embedded));
            case DataConfig.External external ->
                new DataPlane(config, clock, null, new Login(external.url(), external.user(), external.password()));
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
            return new DataPlane(config, clock, server, FleetDatabase.prepared(server));
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private DataPlane(DataConfig config, Clock clock, @Nullable EmbeddedPostgres server, Login login) {
        this.server = server;
        this.login = login;
        this.clock = requireNonNull(clock, "clock");
        Schema.migrate(login);
        makePartitions();
        database = new Database(login, config);
        users = new Users(database, clock);
        keys = new Keys(database, clock);
        usage = new UsageQueries(database);
        try {
            feed = new KeyFeed(login, clock, REREAD_KEYS, keys.states());
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

    public UsageQueries usage() {
        return usage;
    }

    /**
     * Tells a gateway what it must know of keys: all states at once in this thread, and all states again after each change,
     * in another. A change arrives within milliseconds while the database is there, whichever process made it, and at
     * the latest half a minute after it is there again.
     *
     * @param listener must be quick; what it throws is logged
     * @return to be closed when the listener wants no more
     */
    public AutoCloseable onKeyStatesChanged(Consumer<List<KeyState>> listener) {
        return feed.subscribe(requireNonNull(listener, "listener"));
    }

    /** Begins to take usage events. To be closed before the data plane is. */
    public UsageIngest ingest(IngestConfig ingest) {
        return new UsageIngest(login, clock, ingest);
    }

    /** Where PostgreSQL is, as a person would name it; without a password. */
    public String describe() {
        return (server == null ? "" : "embedded PostgreSQL, ") + login;
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

    private void makePartitions() {
        try (Connection connection = login.connect()) {
            new DayPartitions(clock).ensure(connection, List.of());
        } catch (SQLException e) {
            throw SqlFailures.translate(e, login);
        }
    }
}
