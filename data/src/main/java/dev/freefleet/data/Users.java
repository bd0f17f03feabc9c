package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The owners of keys. Each change is noted in the audit log, in the change's own transaction. Safe for use by several
 * threads and several fleets on one database.
 */
public final class Users {
    private final Database database;
    private final Clock clock;
    private final String actor;

    Users(Database database, Clock clock, String actor) {
        this.database = requireNonNull(database, "database");
        this.clock = requireNonNull(clock, "clock");
        this.actor = requireNonNull(actor, "actor");
    }

    /** The same, for changes that this one makes: 1 to 64 characters, which the audit log will show. */
    public Users as(String who) {
        return new Users(database, clock, who);
    }

    /**
     * Makes a user.
     *
     * @param name 1 to 64 visible characters, stored in Unicode's form NFC; letters' case tells names apart
     * @param email an address, or null
     * @throws DataException INVALID if a value is not allowed, CONFLICT if the name is taken, UNAVAILABLE
     */
    public User create(String name, @Nullable String email) {
        String checked = Names.checked(name, "user's name");
        @Nullable String address = email == null ? null : Names.checkedEmail(email);
        Instant now = clock.instant();
        return database.<Optional<User>>transaction(handle -> {
                    Optional<User> made = insert(handle, checked, address, now);
                    made.ifPresent(user ->
                            AuditLog.write(handle, actor, now, AuditEntry.Act.on(user, "user.create", Map.of())));
                    return made;
                })
                .orElseThrow(() -> new DataException(
                        DataException.Kind.CONFLICT,
                        "There is a user named \"" + checked + "\" already; choose another name."));
    }

    /** All users, in the order of their names. */
    public List<User> list() {
        return database.query(h -> h.createQuery("select * from users order by name, id")
                .map((row, context) -> user(row))
                .list());
    }

    /** The user of exactly that name, after it was brought into NFC. */
    public Optional<User> find(String name) {
        String checked = Names.checked(name, "user's name");
        return database.query(h -> h.createQuery("select * from users where name = :name")
                .bind("name", checked)
                .map((row, context) -> user(row))
                .findOne());
    }

    /**
     * Disables a user, all of whose keys are refused from now on, or lets them in again. Who is disabled already keeps
     * the time.
     *
     * @throws DataException NOT_FOUND, UNAVAILABLE
     */
    public User disable(String name, boolean disabled) {
        String checked = Names.checked(name, "user's name");
        Instant now = clock.instant();
        return database.transaction(handle -> {
            User before = locked(handle, checked);
            if (disabled == (before.disabledAt() != null)) {
                return before;
            }
            AuditLog.write(
                    handle, actor, now, AuditEntry.Act.on(before, disabled ? "user.disable" : "user.enable", Map.of()));
            return handle.createQuery("update users set disabled_at = :at where id = :id returning *")
                    .bind("at", disabled ? Database.utc(now) : null)
                    .bind("id", before.id())
                    .map((row, context) -> user(row))
                    .one();
        });
    }

    /**
     * Deletes a user and all keys of theirs, which stay refused. What is recorded of their requests stays, under a number
     * that belongs to nobody; {@link Forgetting} removes that too.
     *
     * @param force also while they have keys that are accepted
     * @return what was deleted
     * @throws DataException NOT_FOUND, CONFLICT if they have such keys, UNAVAILABLE
     */
    public User delete(String name, boolean force) {
        String checked = Names.checked(name, "user's name");
        Instant now = clock.instant();
        return database.transaction(handle -> {
            User user = locked(handle, checked);
            long live = Removal.liveKeys(handle, user, now);
            if (live > 0 && !force) {
                throw KeyChecks.conflict(
                        "The user \"" + checked + "\" has " + live
                                + " keys that are accepted; disable the user or revoke the keys first, or insist with --force.");
            }
            int keys = Removal.remove(handle, user, now);
            AuditLog.write(
                    handle, actor, now, AuditEntry.Act.on(user, "user.delete", Map.of("keys", Integer.toString(keys))));
            return user;
        });
    }

    /** The user, whom nobody else changes until the transaction's end. */
    static User locked(Handle handle, String name) {
        return handle.createQuery("select * from users where name = :name for update")
                .bind("name", name)
                .map((row, context) -> user(row))
                .findOne()
                .orElseThrow(() -> new DataException(
                        DataException.Kind.NOT_FOUND,
                        "There is no user named \"" + name + "\"; list the users to see them."));
    }

    /** Makes the user; empty where the name is taken. */
    static Optional<User> insert(Handle handle, String name, @Nullable String email, Instant now) {
        return handle.createQuery("""
                        insert into users (name, email, created_at) values (:name, :email, :now)
                        on conflict on constraint users_name_unique do nothing
                        returning *""")
                .bind("name", name)
                .bind("email", email)
                .bind("now", Database.utc(now))
                .map((row, context) -> user(row))
                .findOne();
    }

    static User user(ResultSet row) throws SQLException {
        return new User(
                row.getLong("id"),
                row.getString("name"),
                row.getString("email"),
                requireNonNull(instant(row, "created_at")),
                instant(row, "disabled_at"));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
