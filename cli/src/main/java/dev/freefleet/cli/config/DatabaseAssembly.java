package dev.freefleet.cli.config;

import dev.freefleet.data.DataConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which database the values mean, and as whom the fleet goes there. */
final class DatabaseAssembly {
    private static final List<Setting<?>> EXTERNAL = List.of(
            Settings.DATABASE_USER,
            Settings.DATABASE_PASSWORD,
            Settings.DATABASE_MIGRATE_USER,
            Settings.DATABASE_MIGRATE_PASSWORD,
            Settings.DATABASE_INGEST_USER,
            Settings.DATABASE_INGEST_PASSWORD,
            Settings.DATABASE_READ_USER,
            Settings.DATABASE_READ_PASSWORD);

    private DatabaseAssembly() {}

    /** Notes what is wrong between values. */
    static void check(Values values) {
        boolean external = values.find(Settings.DATABASE_URL) != null;
        for (Setting<?> setting : external ? List.<Setting<?>>of(Settings.DATABASE_PORT) : EXTERNAL) {
            if (!(values.source(setting) instanceof Source.Standard)) {
                values.problem(
                        values.source(setting),
                        setting.path(),
                        external
                                ? "is for the embedded database, but database.url names another; remove one of them"
                                : "is for the database behind database.url, which is missing");
            }
        }
        checkPair(values, Settings.DATABASE_MIGRATE_USER, Settings.DATABASE_MIGRATE_PASSWORD);
        checkPair(values, Settings.DATABASE_INGEST_USER, Settings.DATABASE_INGEST_PASSWORD);
        checkPair(values, Settings.DATABASE_READ_USER, Settings.DATABASE_READ_PASSWORD);
    }

    private static void checkPair(Values values, Setting<String> user, Setting<String> password) {
        if (values.find(user) == null && values.find(password) != null) {
            values.problem(values.source(password), password.path(), "is of " + user.path() + ", which is missing");
        }
    }

    static FleetConfig.Database database(Values values) {
        String url = values.find(Settings.DATABASE_URL);
        int pool = values.get(Settings.DATABASE_POOL);
        Duration timeout = values.get(Settings.DATABASE_TIMEOUT);
        if (url == null) {
            return new FleetConfig.Database.Embedded(values.get(Settings.DATABASE_PORT), pool, timeout);
        }
        DataConfig.Credentials main = new DataConfig.Credentials(
                values.get(Settings.DATABASE_USER), orEmpty(values.find(Settings.DATABASE_PASSWORD)));
        DataConfig.Roles roles = new DataConfig.Roles(
                main,
                or(main, values, Settings.DATABASE_MIGRATE_USER, Settings.DATABASE_MIGRATE_PASSWORD),
                or(main, values, Settings.DATABASE_INGEST_USER, Settings.DATABASE_INGEST_PASSWORD),
                or(main, values, Settings.DATABASE_READ_USER, Settings.DATABASE_READ_PASSWORD));
        return new FleetConfig.Database.External(url, roles, pool, timeout);
    }

    private static DataConfig.Credentials or(
            DataConfig.Credentials main, Values values, Setting<String> user, Setting<String> password) {
        String name = values.find(user);
        return name == null ? main : new DataConfig.Credentials(name, orEmpty(values.find(password)));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
