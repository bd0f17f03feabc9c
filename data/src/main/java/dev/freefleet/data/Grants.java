package dev.freefleet.data;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each role may do. Making roles and a schema takes an administrator, who runs {@link #script} once; the grants on the tables are
 * given by their owner, which is the fleet, after each migration, so that new tables need no administrator again.
 */
public final class Grants {
    /** Everything but digests of keys, which let keys be tried at leisure, and people's addresses. */
    private static final List<String> UNREAD = List.of("api_keys", "users", "usage_spool");

    /** What the ingest keeps beside the events themselves. */
    private static final Set<String> KEPT_BY_INGEST = Set.of("usage_spool", "keys_used", "usage_changes");

    private Grants() {}

    /**
     * The statements that an administrator runs once, in the database itself, as superuser or as its owner with CREATEROLE; they
     * hold no password.
     *
     * @throws DataException UNUSABLE if the URL is none
     */
    public static String script(DataConfig.External external) {
        DataConfig.Roles roles = external.roles();
        Login login = external.login(roles.migrate());
        String database = login.database();
        String schema = login.schema();
        StringBuilder sql = new StringBuilder("-- Run once, in the database ").append(quoted(database));
        sql.append(", as its owner with CREATEROLE or as a superuser. Then give each role a password\n");
        sql.append(
                "-- (in psql: \\password ROLE). The fleet grants what is missing on its tables itself, as their owner.\n");
        String owner = quoted(roles.migrate().user());
        List<String> names =
                List.of(
                                roles.migrate().user(),
                                roles.main().user(),
                                roles.ingest().user(),
                                roles.read().user())
                        .stream()
                        .distinct()
                        .map(Grants::quoted)
                        .toList();
        names.forEach(name ->
                sql.append("create role ").append(name).append(" login nosuperuser nocreatedb nocreaterole;\n"));
        names.forEach(name -> sql.append("grant connect on database ")
                .append(quoted(database))
                .append(" to ")
                .append(name)
                .append(";\n"));
        if (schema.equals("public")) {
            sql.append("revoke create on schema public from public;\n");
            sql.append("grant usage, create on schema public to ").append(owner).append(";\n");
        } else {
            // An administrator who is no superuser must be a member of the role that is to own the schema.
            sql.append("grant ").append(owner).append(" to current_user;\n");
            sql.append("create schema ")
                    .append(quoted(schema))
                    .append(" authorization ")
                    .append(owner)
                    .append(";\n");
        }
        names.stream()
                .filter(name -> !name.equals(owner))
                .forEach(name -> sql.append("grant usage on schema ")
                        .append(quoted(schema))
                        .append(" to ")
                        .append(name)
                        .append(";\n"));
        return sql.toString();
    }

    /** Gives each role what it needs on the tables that there are; where all roles are one there is nothing to give. */
    static void apply(Logins logins) {
        String owner = logins.owner().user();
        try (Connection connection = logins.owner().connect();
                Statement statement = connection.createStatement()) {
            if (!logins.main().user().equals(owner)) {
                main(statement, quoted(logins.main().user()));
            }
            if (!List.of(owner, logins.main().user()).contains(logins.ingest().user())) {
                ingest(statement, quoted(logins.ingest().user()));
            }
            if (!List.of(owner, logins.main().user()).contains(logins.read().user())) {
                read(statement, quoted(logins.read().user()));
            }
        } catch (SQLException e) {
            throw SqlFailures.translate(e, logins.owner());
        }
    }

    /** Every table but the record of migrations; of the audit log only to add and to read. */
    private static void main(Statement statement, String role) throws SQLException {
        forEachTable(
                statement,
                table -> table.equals("audit_log")
                        ? "grant select, insert on audit_log to " + role
                        : "grant select, insert, update, delete on " + table + " to " + role);
    }

    /** Of keys the ingest sees which there are, and not what they are. */
    private static void ingest(Statement statement, String role) throws SQLException {
        statement.execute("grant insert on usage_logs to " + role);
        forEachTable(
                statement,
                table -> KEPT_BY_INGEST.contains(table)
                        ? "grant select, insert, update, delete on " + table + " to " + role
                        : null);
        statement.execute("grant select (id) on api_keys to " + role);
    }

    private static void read(Statement statement, String role) throws SQLException {
        forEachTable(statement, table -> UNREAD.contains(table) ? null : "grant select on " + table + " to " + role);
        statement.execute("grant select (id, name, created_at, disabled_at) on users to " + role);
        statement.execute(
                "grant select (id, user_id, name, plan, created_at, expires_at, revoked_at) on api_keys to " + role);
    }

    private interface Granting {
        @Nullable
        String on(String table);
    }

    /** Partitions are reached through their table, and need no grants of their own, but for the one that is asked for stray days. */
    private static void forEachTable(Statement statement, Granting granting) throws SQLException {
        StringBuilder all = new StringBuilder();
        try (ResultSet rows = statement.executeQuery("""
                select quote_ident(relname) from pg_class
                where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
                  and (not relispartition or relname = 'usage_logs_default')
                  and relowner = current_user::regrole and relname <> 'fleet_schema_history'
                order by 1""")) {
            while (rows.next()) {
                @Nullable String grant = granting.on(rows.getString(1));
                if (grant != null) {
                    all.append(grant).append(";\n");
                }
            }
        }
        if (!all.isEmpty()) {
            statement.execute(all.toString());
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
