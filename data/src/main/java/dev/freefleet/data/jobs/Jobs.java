package dev.freefleet.data.jobs;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceCurrentlyExecutingException;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceNotFoundException;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of a fleet, on db-scheduler in its PostgreSQL: each runs when it is due, on one of the fleets that share the
 * database, never twice at once; what was missed while no fleet was there is made up for by one run, and told. Thread-safe.
 */
public final class Jobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(1);
    private static final int HEARTBEATS = 4;
    /** A due time that was met further in the future than this was met by a clock that was wrong. */
    private static final Duration WRONG_CLOCK = Duration.ofHours(25);

    private final SequencedMap<String, Job> jobs;
    private final JobsConfig config;
    private final Clock clock;
    private final Database database;
    private final JobTable table;
    private final Scheduler scheduler;
    private final ScheduledExecutorService watch;
    private volatile List<JobState> states = List.of();
    /** Whether the last look failed; for the watch alone. */
    private boolean blind;

    /**
     * Plans the jobs that are not planned yet, plans those anew whose schedule was changed, and begins to run what is due.
     *
     * @param database connections of its own: one for each run at once, and three; closed with this
     * @param clock whose time decides what is due
     * @throws DataException if the database cannot be used
     */
    public static Jobs start(Database database, Clock clock, JobsConfig config, Collection<Job> jobs) {
        Jobs started;
        try {
            started = new Jobs(database, clock, config, jobs);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
        try {
            started.plan();
            started.scheduler.start();
            started.look();
            started.every(config.poll(), started.scheduler::triggerCheckForDueExecutions);
            started.every(config.watch(), started::look);
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private Jobs(Database database, Clock clock, JobsConfig config, Collection<Job> jobs) {
        this.jobs = jobs.stream()
                .collect(Collectors.toMap(
                        Job::name,
                        job -> job,
                        (a, b) -> {
                            throw new IllegalArgumentException("there are two jobs named " + a.name());
                        },
                        LinkedHashMap::new));
        this.config = config;
        this.clock = clock;
        this.database = database;
        table = new JobTable(database);
        List<Task<?>> tasks = new ArrayList<>();
        jobs.forEach(job -> tasks.add(new JobTask(job, config, database, table, clock).task()));
        scheduler = Scheduler.create(database.source(), tasks)
                .serializer(new Turn.Serializer())
                .clock(clock::instant)
                .schedulerName(new SchedulerName.Fixed(config.node() + " " + UUID.randomUUID()))
                .threads(config.threads())
                .pollingInterval(config.poll())
                .heartbeatInterval(config.heartbeat())
                .missedHeartbeatsLimit(HEARTBEATS)
                .pollUsingLockAndFetch(0.5, 1.0)
                .shutdownMaxWait(LONGEST_STOP)
                // A job that only other fleets know is theirs.
                .deleteUnresolvedAfter(Duration.ofDays(36_500))
                .failureLogging(LogLevel.WARN, false)
                .build();
        watch = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("fleet-jobs-watch").daemon().factory());
    }

    /**
     * By the JVM's own pace. The scheduler's pauses are as long as the clock says, and so hours longer where it is set back:
     * it is woken besides.
     */
    private void every(Duration pause, Runnable action) {
        var _ = watch.scheduleWithFixedDelay(action, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void plan() {
        Map<String, JobTable.Planned> before = table.planned();
        table.configure(jobs.values(), config.zone().getId());
        Instant now = clock.instant();
        for (Job job : jobs.values()) {
            JobTable.@Nullable Planned planned = before.get(job.name());
            if (planned == null || planned.next() == null) {
                scheduler.scheduleIfNotExists(
                        new com.github.kagkarlsson.scheduler.task.TaskInstance<>(
                                job.name(),
                                JobTask.INSTANCE,
                                Turn.at(job.schedule().next(now, config.zone()))),
                        job.schedule().next(now, config.zone()));
            } else if (!planned.schedule().equals(job.schedule().text())
                    || !planned.zone().equals(config.zone().getId())) {
                replan(job, planned, now);
            }
        }
    }

    /** What is overdue or asked for stays so. */
    private void replan(Job job, JobTable.Planned planned, Instant now) {
        @Nullable Turn turn = planned.turn();
        if (planned.picked()
                || turn == null
                || turn.asked() != null
                || !turn.due().isAfter(now)) {
            return;
        }
        move(job, Turn.at(job.schedule().next(now, config.zone())));
    }

    private boolean move(Job job, Turn turn) {
        try {
            return scheduler.reschedule(id(job), turn.due(), turn);
        } catch (TaskInstanceCurrentlyExecutingException | TaskInstanceNotFoundException e) {
            LOG.debug("The job {} is being run, and plans its next run itself", job.name(), e);
            return false;
        }
    }

    private static TaskInstanceId id(Job job) {
        return TaskInstanceId.of(job.name(), JobTask.INSTANCE);
    }

    /** Mends what a wrong clock planned, and learns how the jobs stand. */
    private void look() {
        try {
            states = read();
            blind = false;
        } catch (RuntimeException e) {
            if (!blind) {
                LOG.warn("No job can begin, and it is not known how they stand: {}", e.getMessage());
            }
            blind = true;
        }
    }

    private List<JobState> read() {
        // Before the plans are read: what mends an old one must not pass over a due time that came in between.
        Instant now = clock.instant();
        Map<String, JobTable.Planned> planned = table.planned();
        Map<String, PastRun> last = table.last();
        Map<String, JobTable.Past> past = table.past();
        List<JobState> read = new ArrayList<>();
        for (Job job : jobs.values()) {
            JobTable.@Nullable Planned plan = planned.get(job.name());
            @Nullable PastRun run = last.get(job.name());
            if (plan == null || plan.next() == null) {
                LOG.warn("Nothing was planned for the job {}; it is planned now", job.name());
                plan();
            } else {
                mend(job, plan, run, now);
            }
            read.add(state(job, plan, run, past.getOrDefault(job.name(), new JobTable.Past(0, 0, null))));
        }
        return List.copyOf(read);
    }

    /** Where a clock was far ahead and is right again, what it planned would keep the job from running until then. */
    private void mend(Job job, JobTable.Planned plan, @Nullable PastRun run, Instant now) {
        @Nullable Turn turn = plan.turn();
        if (run != null
                && turn != null
                && !plan.picked()
                && run.startedAt().isAfter(now.plus(WRONG_CLOCK))
                && turn.due().isAfter(job.schedule().next(now, config.zone()))) {
            LOG.warn("The job {} was planned by a clock that was ahead; it is planned anew", job.name());
            move(job, Turn.at(job.schedule().next(now, config.zone())));
        }
    }

    private JobState state(Job job, JobTable.@Nullable Planned plan, @Nullable PastRun run, JobTable.Past past) {
        @Nullable Instant next = plan == null ? null : plan.next();
        boolean picked = plan != null && plan.picked();
        boolean running = picked && run != null && run.outcome() == PastRun.Outcome.RUNNING;
        @Nullable Instant paused = plan == null ? null : plan.pausedAt();
        boolean overdue = paused == null
                && !running
                && next != null
                && next.plus(config.grace()).isBefore(clock.instant());
        return new JobState(
                job.name(),
                job.description(),
                job.schedule().text(),
                config.zone().getId(),
                next,
                running,
                paused,
                overdue,
                past.missed(),
                past.failures(),
                past.lastSuccess(),
                run);
    }

    /** How the jobs stood a moment ago, in the order in which they were given; never waits for the database. */
    public List<JobState> states() {
        return states;
    }

    /** How the jobs stand now. @throws DataException UNAVAILABLE */
    public List<JobState> list() {
        List<JobState> read = read();
        states = read;
        return read;
    }

    /**
     * Asks for a run now, also of a paused job. The schedule goes on as it would without.
     *
     * @return the id under which the run will stand in the history
     * @throws DataException NOT_FOUND, CONFLICT if it is running or asked for already, UNAVAILABLE
     */
    public UUID run(String name) {
        Job job = require(name);
        JobTable.@Nullable Planned plan = table.planned().get(name);
        @Nullable Turn turn = plan == null ? null : plan.turn();
        UUID id = UUID.randomUUID();
        try {
            if (turn != null
                    && turn.asked() == null
                    && scheduler.reschedule(id(job), clock.instant(), new Turn(turn.due(), id, turn.tries()))) {
                scheduler.triggerCheckForDueExecutions();
                return id;
            }
        } catch (TaskInstanceCurrentlyExecutingException | TaskInstanceNotFoundException e) {
            LOG.debug("The job {} cannot be asked for now", name, e);
        }
        throw new DataException(
                DataException.Kind.CONFLICT,
                "The job " + name + " is running or about to; wait for its end, which ./fleet jobs history shows.");
    }

    /**
     * Keeps a job from running when it is due, or lets it run again from its next due time on. A run that is under way goes
     * on.
     *
     * @return whether that changed anything
     * @throws DataException NOT_FOUND, UNAVAILABLE
     */
    public boolean pause(String name, boolean paused) {
        Job job = require(name);
        Instant now = clock.instant();
        boolean changed = table.pause(name, paused ? now : null);
        if (changed && !paused) {
            JobTable.@Nullable Planned plan = table.planned().get(name);
            @Nullable Turn turn = plan == null ? null : plan.turn();
            if (plan != null
                    && turn != null
                    && turn.asked() == null
                    && !turn.due().isAfter(now)) {
                move(job, Turn.at(job.schedule().next(now, config.zone())));
            }
        }
        return changed;
    }

    /**
     * Runs, newest first.
     *
     * @param name one job's, or null for all
     * @param limit 1 to 1,000
     * @throws DataException NOT_FOUND, INVALID, UNAVAILABLE
     */
    public List<PastRun> history(@Nullable String name, int limit) {
        if (name != null) {
            require(name);
        }
        if (limit < 1 || limit > 1_000) {
            throw new DataException(
                    DataException.Kind.INVALID, "From 1 to 1000 runs can be listed, not " + limit + ".");
        }
        return table.runs(name, limit);
    }

    /** A run by its id; empty where it has not begun. @throws DataException UNAVAILABLE */
    public Optional<PastRun> run(UUID id) {
        return table.run(id);
    }

    private Job require(String name) {
        @Nullable Job job = jobs.get(name);
        if (job == null) {
            throw new DataException(
                    DataException.Kind.NOT_FOUND,
                    "There is no job \"" + JobTable.clean(name) + "\"; there are " + String.join(", ", jobs.keySet())
                            + ".");
        }
        return job;
    }

    /** Starts nothing more, tells what runs to end, and interrupts it after a second. */
    @Override
    public void close() {
        watch.shutdownNow();
        scheduler.stop();
        database.close();
    }
}
