package dev.freefleet.data;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** The pool of connections, and every statement's failure in the module's own words. */
final class Database implements AutoCloseable {
    private final Login login;
    private final HikariDataSource pool;
    private final Jdbi jdbi;

    Database(Login login, DataConfig config) {
        this.login = login;
        HikariConfig hikari = new HikariConfig();
        hikari.setPoolName("fleet-data");
        hikari.setJdbcUrl(login.url());
        hikari.setUsername(login.user());
        hikari.setPassword(login.password());
        hikari.setDataSourceProperties(login.properties());
        hikari.setMaximumPoolSize(config.poolSize());
        hikari.setMinimumIdle(1);
        hikari.setConnectionTimeout(config.timeout().toMillis());
        hikari.setValidationTimeout(Math.min(5_000, config.timeout().toMillis()));
        hikari.setInitializationFailTimeout(-1);
        pool = new HikariDataSource(hikari);
        jdbi = Jdbi.create(pool);
    }

    /** One connection, each statement its own transaction. */
    <T extends @Nullable Object> T query(Function<Handle, T> work) {
        try {
            return jdbi.withHandle(work::apply);
        } catch (JdbiException e) {
            throw SqlFailures.translate(e, login);
        }
    }

    static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    @Override
    public void close() {
        pool.close();
    }
}
