package dev.freefleet.data.jobs;

import static java.util.Objects.requireNonNull;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a job's moment has come.
 *
 * <p>db-scheduler lets one fleet have the moment, by its row's version. But it takes a process for dead that was silent for a
 * while, and one that was only stopped may go on. So the action runs under an advisory lock of PostgreSQL besides, held by a
 * connection of its own: who does not get it comes again later. A server elsewhere drops that connection when the machine of the
 * fleet sleeps or cannot be reached, and with it the lock: {@link LockWatch} ends the action then.
 *
 * <p>The next due time follows from the last one and not from the clock alone, so that a clock that is set back brings no due
 * time twice.
 */
final class JobTask {
    static final String INSTANCE = "job";
    private static final Logger LOG = LoggerFactory.getLogger(JobTask.class);
    private static final int TRIES = 3;
    /** Due times that were missed are counted so far; nobody needs to know more exactly. */
    private static final int MOST_MISSED = 10_000;
    /** How soon one that found the lock taken comes again. */
    private static final Duration TAKEN = Duration.ofSeconds(30);
    /** A lock's backend whose client is gone would hold it for hours, by the defaults of TCP. */
    private static final String SESSION =
            "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3";

    private final Job job;
    private final JobsConfig config;
    private final Database database;
    private final JobTable table;
    private final Clock clock;
    /** Whether an action runs in this process. */
    private final AtomicBoolean here = new AtomicBoolean();

    JobTask(Job job, JobsConfig config, Database database, JobTable table, Clock clock) {
        this.job = job;
        this.config = config;
        this.database = database;
        this.table = table;
        this.clock = clock;
    }

    CustomTask<Turn> task() {
        return Tasks.custom(job.name(), Turn.class)
                // The database was lost on the way; the moment comes again.
                .onFailure(this::again)
                .onDeadExecution(this::again)
                .execute(this::execute);
    }

    private void again(ExecutionComplete complete, ExecutionOperations<Turn> operations) {
        LOG.warn("The job {} could not say how it ended; it is started again", job.name());
        operations.reschedule(complete, clock.instant().plusSeconds(1));
    }

    private CompletionHandler<Turn> execute(TaskInstance<Turn> instance, ExecutionContext context) {
        Turn turn = requireNonNull(instance.getData(), "a job's turn");
        return database.query(handle -> {
            if (turn.asked() == null && table.isPaused(handle, job.name())) {
                return then(Turn.at(job.schedule().next(later(turn.due(), clock.instant()), config.zone())));
            }
            // Whose lock was lost in its sleep may still be here when its time is given to the same fleet again.
            if (!here.compareAndSet(false, true)) {
                return taken(turn);
            }
            try {
                handle.execute(SESSION);
                if (!lock(handle)) {
                    return taken(turn);
                }
                try {
                    return run(handle, turn, context);
                } finally {
                    unlock(handle);
                }
            } finally {
                here.set(false);
            }
        });
    }

    private CompletionHandler<Turn> taken(Turn turn) {
        LOG.info("The job {} still runs", job.name());
        return at(clock.instant().plus(TAKEN), turn);
    }

    private CompletionHandler<Turn> run(Handle handle, Turn turn, ExecutionContext context) {
        Instant now = clock.instant();
        @Nullable UUID asked = turn.asked();
        // What was done, or begun for a person, before its process could plan the next run is not done again.
        if (asked != null && table.hasBegun(handle, asked)) {
            return then(new Turn(turn.due(), null, turn.tries()));
        }
        Instant due = turn.due();
        int missed = 0;
        if (asked == null) {
            @Nullable Instant done = table.lastDone(handle, job.name(), due, later(due, now));
            if (done != null) {
                due = job.schedule().next(done, config.zone());
                if (due.isAfter(now)) {
                    return then(Turn.at(due));
                }
            }
            Instant next = job.schedule().next(due, config.zone());
            while (!next.isAfter(now) && missed < MOST_MISSED) {
                due = next;
                next = job.schedule().next(due, config.zone());
                missed++;
            }
        }
        LockWatch watch = new LockWatch(handle.getConnection(), config.heartbeat());
        JobRun run = new JobRun(
                asked == null ? UUID.randomUUID() : asked,
                asked == null ? due : now,
                now,
                asked != null,
                () -> context.getSchedulerState().isShuttingDown() || watch.isLost());
        table.begin(
                handle,
                new PastRun(
                        run.id(),
                        job.name(),
                        run.scheduledFor(),
                        now,
                        null,
                        run.byPerson(),
                        config.node(),
                        missed,
                        PastRun.Outcome.RUNNING,
                        null));
        boolean done = act(handle, run, watch);
        if (asked != null) {
            // The due time stands, and is now if it passed in the meantime.
            return then(new Turn(turn.due(), null, turn.tries()));
        }
        Turn next = Turn.at(job.schedule().next(later(due, now), config.zone()));
        if (done || turn.tries() + 1 >= TRIES) {
            return then(next);
        }
        Instant again = clock.instant().plus(config.retry());
        return again.isBefore(next.due()) ? at(again, new Turn(due, null, turn.tries() + 1)) : then(next);
    }

    private boolean act(Handle handle, JobRun run, LockWatch watch) {
        boolean interrupted = false;
        PastRun.Outcome outcome = PastRun.Outcome.FAILED;
        String summary = "";
        try (watch) {
            watch.start();
            summary = job.action().run(run);
            outcome = PastRun.Outcome.DONE;
        } catch (InterruptedException e) {
            interrupted = true;
            summary = "The fleet stopped.";
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            summary = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            LOG.error("The job {} failed: {}", job.name(), summary, e);
        }
        // The connection works on under an interruption; the driver's socket does not mind.
        interrupted |= Thread.interrupted();
        if (watch.isLost()) {
            // Whoever has the lock now says that this run was lost, or the next one here does.
            throw new DataException(
                    DataException.Kind.UNAVAILABLE,
                    "The connection that kept others from running the job " + job.name() + " was lost; it was ended.");
        }
        table.end(handle, run.id(), outcome, clock.instant(), summary);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome == PastRun.Outcome.DONE;
    }

    private static CompletionHandler<Turn> then(Turn turn) {
        return at(turn.due(), turn);
    }

    private static CompletionHandler<Turn> at(Instant time, Turn turn) {
        return (complete, operations) -> operations.reschedule(complete, time, turn);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** The name is the schema's too: fleets of other schemas of this database are none of our business. */
    private boolean lock(Handle handle) {
        return handle.createQuery(
                        "select pg_try_advisory_lock(hashtextextended(current_schema() || ' job ' || :job, 0))")
                .bind("job", job.name())
                .mapTo(Boolean.class)
                .one();
    }

    /** Where this fails the connection is gone, and the lock with it. */
    private void unlock(Handle handle) {
        try {
            handle.createQuery("select pg_advisory_unlock(hashtextextended(current_schema() || ' job ' || :job, 0))")
                    .bind("job", job.name())
                    .mapTo(Boolean.class)
                    .one();
        } catch (JdbiException e) {
            LOG.debug("The lock of the job {} went with its connection", job.name(), e);
        }
    }
}
