package dev.freefleet.data;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** A pool of connections, and every statement's failure in the module's own words. Safe for use by several threads. */
public final class Database implements AutoCloseable {
    private final Login login;
    private final HikariDataSource pool;
    private final Jdbi jdbi;

    Database(Login login, DataConfig config) {
        this(login, "fleet-data", config.poolSize(), 1, config.timeout());
    }

    /** @param idle how many connections are kept while nobody needs them */
    Database(Login login, String name, int size, int idle, Duration timeout) {
        this.login = login;
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName(name);
        hikari.setJdbcUrl(login.url());
        hikari.setUsername(login.user());
        hikari.setPassword(login.password());
        hikari.setDataSourceProperties(login.properties());
        hikari.setTransactionIsolation(Integer.toString(Login.ISOLATION));
        hikari.setMaximumPoolSize(size);
        hikari.setMinimumIdle(idle);
        hikari.setConnectionTimeout(timeout.toMillis());
        hikari.setValidationTimeout(Math.min(5_000, timeout.toMillis()));
        hikari.setInitializationFailTimeout(-1);
        pool = new HikariDataSource(hikari);
        jdbi = Jdbi.create(pool);
    }

    /** One connection, each statement its own transaction. @throws DataException if a statement fails */
    public <T extends @Nullable Object> T query(Function<Handle, T> work) {
        try {
            return jdbi.withHandle(work::apply);
        } catch (JdbiException e) {
            throw SqlFailures.translate(e, login);
        }
    }

    /** One transaction: what throws changes nothing. @throws DataException if a statement fails */
    public <T extends @Nullable Object> T transaction(Function<Handle, T> work) {
        try {
            return jdbi.inTransaction(work::apply);
        } catch (JdbiException e) {
            throw SqlFailures.translate(e, login);
        }
    }

    /** Its connections, for a library that wants them itself. */
    public DataSource source() {
        return pool;
    }

    /** As the driver takes it for {@code timestamptz}. */
    public static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** A column of {@code timestamptz}. */
    public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    @Override
    public void close() {
        pool.close();
    }
}
