package dev.freefleet.data.jobs;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The tables {@code jobs} and {@code job_runs}. Thread-safe. */
final class JobTable {
    /** So much of what an action says is kept. */
    private static final int LONGEST_SUMMARY = 2_000;

    private final Database database;

    JobTable(Database database) {
        this.database = requireNonNull(database, "database");
    }

    /** What the fleets agree on about a job, and what is planned; next is null where nothing is. */
    record Planned(
            String schedule,
            String zone,
            @Nullable Instant pausedAt,
            @Nullable Instant next,
            boolean picked,
            @Nullable Turn turn) {}

    Map<String, Planned> planned() {
        Map<String, Planned> planned = new HashMap<>();
        database.query(h -> h.createQuery("""
                        select j.name, j.schedule, j.zone, j.paused_at, t.execution_time, t.picked, t.task_data
                        from jobs j left join scheduled_tasks t
                        on t.task_name = j.name and t.task_instance = 'job'""")
                .map((row, context) -> planned.put(row.getString("name"), planned(row)))
                .list());
        return planned;
    }

    private static Planned planned(ResultSet row) throws SQLException {
        byte @Nullable [] data = row.getBytes("task_data");
        return new Planned(
                row.getString("schedule"),
                row.getString("zone"),
                Database.instant(row, "paused_at"),
                Database.instant(row, "execution_time"),
                row.getBoolean("picked"),
                data == null ? null : new Turn.Serializer().deserialize(Turn.class, data));
    }

    /** Notes how jobs are configured now. */
    void configure(Collection<Job> jobs, String zone) {
        database.transaction(h -> {
            var batch = h.prepareBatch("""
                    insert into jobs (name, schedule, zone) values (:name, :schedule, :zone)
                    on conflict (name) do update set schedule = excluded.schedule, zone = excluded.zone
                    where (jobs.schedule, jobs.zone) is distinct from (excluded.schedule, excluded.zone)""");
            // In one order everywhere, so that two fleets that start at once do not wait for each other in a circle.
            jobs.stream()
                    .sorted(Comparator.comparing(Job::name))
                    .forEach(job -> batch.bind("name", job.name())
                            .bind("schedule", job.schedule().text())
                            .bind("zone", zone)
                            .add());
            return jobs.isEmpty() ? new int[0] : batch.execute();
        });
    }

    /** Pauses a job, or ends that where the time is null. @return whether that changed anything */
    boolean pause(String job, @Nullable Instant at) {
        return database.query(h -> h.createUpdate("""
                                update jobs set paused_at = :at
                                where name = :job and (paused_at is null) = (cast(:at as timestamptz) is not null)""")
                        .bind("job", job)
                        .bind("at", at == null ? null : Database.utc(at))
                        .execute())
                == 1;
    }

    boolean isPaused(Handle handle, String job) {
        return handle.createQuery("select paused_at is not null from jobs where name = :job")
                .bind("job", job)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    boolean hasBegun(Handle handle, UUID run) {
        return handle.createQuery("select exists (select 1 from job_runs where id = :run)")
                .bind("run", run)
                .mapTo(Boolean.class)
                .one();
    }

    /** The last of the due times from one to another, both included, that a run stood for; null where there is none. */
    @Nullable
    Instant lastDone(Handle handle, String job, Instant from, Instant to) {
        return handle.createQuery("""
                        select max(scheduled_for) as done from job_runs where job = :job and scheduled_for >= :from
                        and scheduled_for <= :to and started_by = 'schedule' and outcome = 'done'""")
                .bind("job", job)
                .bind("from", Database.utc(from))
                .bind("to", Database.utc(to))
                .map((row, context) -> Optional.ofNullable(Database.instant(row, "done")))
                .one()
                .orElse(null);
    }

    /** A run begins; those of the job that never said how they ended are lost, since it alone has the lock. */
    void begin(Handle handle, PastRun run) {
        handle.createUpdate("""
                        with lost as (
                            update job_runs set outcome = 'lost', finished_at = greatest(started_at, :now),
                                summary = 'The process that ran it, or its connection, was gone before it ended.'
                            where job = :job and outcome = 'running')
                        insert into job_runs (id, job, scheduled_for, started_at, started_by, node, missed, outcome)
                        values (:id, :job, :scheduled, :now, :by, :node, :missed, 'running')""")
                .bind("now", Database.utc(run.startedAt()))
                .bind("job", run.job())
                .bind("id", run.id())
                .bind("scheduled", Database.utc(run.scheduledFor()))
                .bind("by", run.byPerson() ? "person" : "schedule")
                .bind("node", run.node())
                .bind("missed", run.missed())
                .execute();
    }

    void end(Handle handle, UUID id, PastRun.Outcome outcome, Instant now, String summary) {
        handle.createUpdate("""
                        update job_runs set outcome = :outcome, finished_at = greatest(started_at, :now), summary = :summary
                        where id = :id and outcome = 'running'""")
                .bind("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .bind("now", Database.utc(now))
                .bind("summary", clean(summary))
                .bind("id", id)
                .execute();
    }

    /** What PostgreSQL can hold, in one line of bounded length. */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(LONGEST_SUMMARY)
                .map(c -> Character.isISOControl(c) ? ' ' : c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /** Newest first. */
    List<PastRun> runs(@Nullable String job, int limit) {
        String where = job == null ? "" : " where job = :job";
        return database.query(
                h -> h.createQuery("select * from job_runs" + where + " order by started_at desc, id limit :limit")
                        .bindMap(job == null ? Map.of() : Map.of("job", job))
                        .bind("limit", limit)
                        .map((row, context) -> run(row))
                        .list());
    }

    Optional<PastRun> run(UUID id) {
        return database.query(h -> h.createQuery("select * from job_runs where id = :id")
                .bind("id", id)
                .map((row, context) -> run(row))
                .findOne());
    }

    /** What the history says of a job as a whole. */
    record Past(long missed, int failures, @Nullable Instant lastSuccess) {}

    Map<String, Past> past() {
        Map<String, Past> past = new HashMap<>();
        database.query(h -> h.createQuery("""
                        with success as (
                            select job, max(started_at) as at from job_runs where outcome = 'done' group by job)
                        select r.job, sum(r.missed) as missed, max(r.finished_at) filter (where r.outcome = 'done') as good,
                            count(*) filter (where r.outcome in ('failed', 'lost')
                                and r.started_at > coalesce(s.at, '-infinity')) as failures
                        from job_runs r left join success s on s.job = r.job group by r.job""")
                .map((row, context) -> past.put(
                        row.getString("job"),
                        new Past(row.getLong("missed"), row.getInt("failures"), Database.instant(row, "good"))))
                .list());
        return past;
    }

    /** The last run of each job. */
    Map<String, PastRun> last() {
        Map<String, PastRun> last = new HashMap<>();
        database.query(h -> h.createQuery("select distinct on (job) * from job_runs order by job, started_at desc, id")
                        .map((row, context) -> run(row))
                        .list())
                .forEach(run -> last.put(run.job(), run));
        return last;
    }

    private static PastRun run(ResultSet row) throws SQLException {
        return new PastRun(
                row.getObject("id", UUID.class),
                row.getString("job"),
                requireNonNull(Database.instant(row, "scheduled_for")),
                requireNonNull(Database.instant(row, "started_at")),
                Database.instant(row, "finished_at"),
                row.getString("started_by").equals("person"),
                row.getString("node"),
                row.getInt("missed"),
                PastRun.Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
                row.getString("summary"));
    }
}
