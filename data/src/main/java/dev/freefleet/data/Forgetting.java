package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Forgets people. First, in one transaction with its entry in the audit log, the person and all their keys go; the number that stands
 * in usage then belongs to nobody. Next their usage loses that number, the questions and their digests; what it counts
 * stays. Events that were under way at that moment are found by {@link #sweep}, for {@link #STRAGGLERS} after it, and at any
 * time when their day is put into figures. Safe for use by
 * several threads and fleets; what a crash cuts off, the next sweep ends.
 */
public final class Forgetting {
    /** How long after somebody was forgotten events of theirs are still looked for. */
    public static final Duration STRAGGLERS = Duration.ofDays(8);

    /** How far the clock of an edge that served somebody may be ahead of the one that they were forgotten by. */
    private static final Duration CLOCKS = Duration.ofDays(1);

    private static final String ANONYMISE = """
            update usage_logs set user_id = null, key_id = null, query_text = null, query_digest = null
            where time >= :from and time < :to and user_id = any(:users)""";
    /** Behind all that PostgreSQL stores of usage. */
    private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

    private final Database database;
    private final Clock clock;
    private final List<Elsewhere> elsewhere = new CopyOnWriteArrayList<>();

    /** Where else something of people is kept, under their numbers. */
    public interface Elsewhere {
        /**
         * Takes off what tells whose it is; asked again, it ends what it had not.
         *
         * @param dry only says what would become of what
         * @throws DataException if it cannot now; it is asked again by the next sweep
         */
        List<Forgotten.Place> forget(long userId, boolean dry);
    }

    Forgetting(Database database, Clock clock) {
        this.database = requireNonNull(database, "database");
        this.clock = requireNonNull(clock, "clock");
    }

    /** From now on a person is forgotten there, too. */
    public void also(Elsewhere place) {
        elsewhere.add(requireNonNull(place, "place"));
    }

    /**
     * Forgets a person.
     *
     * @param actor who wants it, for the audit log, 1 to 64 characters
     * @param dry only says what would become of what
     * @throws DataException NOT_FOUND; UNAVAILABLE or CONFLICT, too, if the user and the keys are gone, and not all of their usage
     *     can be reached now: {@link #sweep} goes on with it, as the message says
     */
    public Forgotten forget(String name, String actor, boolean dry) {
        String checked = Names.checked(name, "user's name");
        List<Forgotten.Place> places = new ArrayList<>();
        Instant now = clock.instant();
        long id = database.transaction(handle -> {
            User user = Users.locked(handle, checked);
            places.add(new Forgotten.Place("users", "removed", 1, "the name and the e-mail address"));
            places.add(new Forgotten.Place(
                    "api_keys",
                    "removed",
                    count(handle, "api_keys", user.id()),
                    "names, addresses and settings; their numbers stay refused"));
            if (!dry) {
                begin(handle, user.id(), actor, now, Removal.remove(handle, user, now));
            }
            return user.id();
        });
        return usage("The user \"" + checked + "\" and all their keys are gone", id, dry, places);
    }

    /**
     * Forgets a person who was deleted before: what is recorded of them stands under a number alone.
     *
     * @param id the number that they had, as the audit log and usage tell it
     * @param actor who wants it, for the audit log, 1 to 64 characters
     * @param dry only says what would become of what
     * @throws DataException NOT_FOUND if nobody of that number was deleted, CONFLICT if there is a user of that number; UNAVAILABLE
     *     or CONFLICT, too, if not all of their usage can be reached now: {@link #sweep} goes on with it, as the message says
     */
    public Forgotten forgetDeleted(long id, String actor, boolean dry) {
        Instant now = clock.instant();
        database.transaction(handle -> {
            requireDeleted(handle, id);
            if (!dry) {
                begin(handle, id, actor, now, 0);
            }
            return id;
        });
        return usage("The number " + id + " is entered as forgotten", id, dry, new ArrayList<>());
    }

    /** A number that is still to be given to somebody must not be swept for. */
    private static void requireDeleted(Handle handle, long id) {
        if (count(handle, "users", "id", id) > 0) {
            throw new DataException(
                    DataException.Kind.CONFLICT,
                    "The user with the number " + id + " is not deleted; list the users and forget them by name.");
        }
        boolean deleted = of(
                        handle.createQuery("select exists (select from audit_log where user_id = :user"
                                + " and action in ('user.delete', 'user.forget'))"),
                        id)
                .mapTo(Boolean.class)
                .one();
        if (!deleted) {
            throw new DataException(
                    DataException.Kind.NOT_FOUND,
                    "No user with the number " + id
                            + " was deleted; the audit log tells the numbers of those who were.");
        }
    }

    /** Enters them among those whose usage is looked for, again where they are there already, and in the audit log. */
    private static void begin(Handle handle, long id, String actor, Instant now, int keys) {
        of(handle.createUpdate("""
                        insert into forgotten_users (user_id, forgotten_at) values (:user, :now)
                        on conflict (user_id) do update set forgotten_at = excluded.forgotten_at, swept_at = null"""), id).bind("now", Database.utc(now)).execute();
        AuditLog.write(
                handle,
                actor,
                now,
                new AuditEntry.Act("user.forget", id, null, Map.of("keys", Integer.toString(keys))));
    }

    /** @param done what is done already, for who is told that the rest has to wait */
    private Forgotten usage(String done, long id, boolean dry, List<Forgotten.Place> places) {
        List<Forgotten.Place> others = new ArrayList<>();
        long usage = dry ? database.query(h -> count(h, "usage_logs", id)) : sweepAll(done, id, others);
        if (dry) {
            elsewhere.forEach(place -> others.addAll(place.forget(id, true)));
        }
        places.add(new Forgotten.Place(
                "usage_logs", "anonymised", usage, "without user, key, question and digest; they still count"));
        places.addAll(others);
        places.add(new Forgotten.Place(
                "audit_log",
                "kept",
                database.query(h -> count(h, "audit_log", id)),
                "they hold the numbers of user and keys, which tell nobody"));
        return new Forgotten(id, dry, places);
    }

    private long sweepAll(String done, long user, List<Forgotten.Place> others) {
        try {
            return sweepAll(user, others);
        } catch (DataException e) {
            throw new DataException(
                    e.kind(),
                    done + ", but not all of their usage can be reached now; the"
                            + " fleet tries again within the hour, and each hour until it is done. "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Looks again for usage of those who were forgotten of late.
     *
     * @return how many rows lost what told whose they were
     * @throws DataException UNAVAILABLE or CONFLICT if some could not be reached, whatever the reason; all others were looked for
     */
    public long sweep() {
        long rows = 0;
        @Nullable DataException failure = null;
        for (Recent one : database.query(h -> h.createQuery("select * from forgotten_users order by user_id")
                .map((row, context) -> new Recent(
                        row.getLong("user_id"),
                        requireNonNull(Users.instant(row, "forgotten_at")),
                        Users.instant(row, "swept_at") != null))
                .list())) {
            try {
                rows += sweep(one);
            } catch (DataException e) {
                failure = e;
            } catch (RuntimeException e) {
                // As from a store; the others are swept for, and this one again in an hour.
                failure = new DataException(
                        DataException.Kind.UNAVAILABLE,
                        "Not all usage of the number " + one.user() + " can be reached now: " + e,
                        e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return rows;
    }

    private long sweep(Recent one) {
        long rows = one.swept()
                ? anonymise(one.user(), one.at().minus(STRAGGLERS))
                : sweepAll(one.user(), new ArrayList<>());
        if (one.at().plus(STRAGGLERS).isBefore(clock.instant())) {
            database.query(h -> of(h.createUpdate("delete from forgotten_users where user_id = :user"), one.user())
                    .execute());
        }
        return rows;
    }

    /**
     * Takes what tells whose they are off requests of those who were forgotten, before a span is put into figures or archived: a late
     * event must not get there ahead of the sweep, nor behind it, as what waits for weeks in the spool of a fleet that is off.
     *
     * @param to the first moment after the span
     */
    public static void anonymise(Handle handle, Instant from, Instant to) {
        List<Long> users = forgotten(handle, from);
        if (!users.isEmpty()) {
            anonymise(handle, users, from, to);
        }
    }

    /** Whether a span has requests that still tell whose they are, of those who were forgotten. */
    public static boolean tells(Handle handle, Instant from, Instant to) {
        List<Long> users = forgotten(handle, from);
        return !users.isEmpty()
                && handle.createQuery("select exists (select from usage_logs"
                                + " where time >= :from and time < :to and user_id = any(:users))")
                        .bindArray("users", Long.class, users)
                        .bind("from", Database.utc(from))
                        .bind("to", Database.utc(to))
                        .mapTo(Boolean.class)
                        .one();
    }

    /** Of whom a span that begins there may have requests: those who were forgotten of late, or not before it. */
    private static List<Long> forgotten(Handle handle, Instant from) {
        return handle.createQuery("""
                        select user_id from forgotten_users
                        union select a.user_id from audit_log a
                            where a.action = 'user.forget' and a.user_id is not null and a.time >= :from
                            and not exists (select from users u where u.id = a.user_id)""")
                .bind("from", Database.utc(from.minus(CLOCKS)))
                .mapTo(Long.class)
                .list();
    }

    /** Somebody who was forgotten of late, and whether all of their usage was gone through. */
    private record Recent(long user, Instant at, boolean swept) {}

    private long sweepAll(long user, List<Forgotten.Place> others) {
        long rows = anonymise(user, Instant.EPOCH);
        elsewhere.forEach(place -> others.addAll(place.forget(user, false)));
        database.query(h -> of(h.createUpdate("update forgotten_users set swept_at = :now where user_id = :user"), user)
                .bind("now", Database.utc(clock.instant()))
                .execute());
        return rows;
    }

    private long anonymise(long user, Instant from) {
        return database.query(h -> anonymise(h, List.of(user), from, END));
    }

    private static int anonymise(Handle handle, List<Long> users, Instant from, Instant to) {
        return handle.createUpdate(ANONYMISE)
                .bindArray("users", Long.class, users)
                .bind("from", Database.utc(from))
                .bind("to", Database.utc(to))
                .execute();
    }

    private static long count(Handle handle, String table, long user) {
        return count(handle, table, "user_id", user);
    }

    private static long count(Handle handle, String table, String column, long user) {
        return of(handle.createQuery("select count(*) from " + table + " where " + column + " = :user"), user)
                .mapTo(Long.class)
                .one();
    }

    private static <S extends SqlStatement<S>> S of(S statement, long user) {
        return statement.bind("user", user);
    }
}
