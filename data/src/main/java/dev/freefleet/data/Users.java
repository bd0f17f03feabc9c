package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The owners of keys. Safe for use by several threads and several fleets on one database. */
public final class Users {
    private final Database database;
    private final Clock clock;

    Users(Database database, Clock clock) {
        this.database = requireNonNull(database, "database");
        this.clock = requireNonNull(clock, "clock");
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
        return database.query(h -> h.createQuery("""
                        insert into users (name, email, created_at) values (:name, :email, :now)
                        on conflict on constraint users_name_unique do nothing
                        returning *""")
                        .bind("name", checked)
                        .bind("email", address)
                        .bind("now", Database.utc(clock.instant()))
                        .map((row, context) -> user(row))
                        .findOne())
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

    private static User user(ResultSet row) throws SQLException {
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
