package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.BackupConfig;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.data.jobs.Job;
import dev.freefleet.data.jobs.JobRun;
import dev.freefleet.data.jobs.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Backups on a schedule. Each job starts the commands that a person would, as processes (ADR 38), one at a time, since each may take as
 * much memory as the fleet.
 */
public final class BackupJobs {
    private final FleetConfig config;
    private final Surroundings surroundings;
    private final Ledger ledger;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    private BackupJobs(FleetConfig config, Surroundings surroundings) {
        this.config = config;
        this.surroundings = surroundings;
        this.ledger = new Ledger(config.data());
    }

    /**
     * What one command of a job is.
     *
     * @param kind as the ledger names it
     */
    private record Step(String kind, StoreName store, List<String> arguments) {}

    /** The jobs at their usual times; none where the configuration says so. */
    public static List<Job> of(FleetConfig config, Surroundings surroundings) {
        return config.backup().scheduled().on() ? new BackupJobs(config, surroundings).all() : List.of();
    }

    private List<Job> all() {
        BackupConfig backup = config.backup();
        String percent = Integer.toString(backup.scheduled().samplePercent());
        List<Job> jobs = new ArrayList<>(List.of(
                job(
                        "backup",
                        "Backs up the Brain, the data plane, the fleet's own files and folders, and copies them off-site.",
                        "daily 02:00",
                        List.of(new Step("backup", stores().getFirst(), List.of("run")))),
                job(
                        "backup-sample",
                        "Reads a part of each store of backups.",
                        "daily 04:00",
                        each("verify", "verify", "--sample", percent)),
                job(
                        "backup-verify",
                        "Reads every byte of each store of backups.",
                        "weekly sun 04:30",
                        each("verify", "verify"))));
        if (!backup.appendOnly()) {
            jobs.add(job(
                    "backup-prune",
                    "Forgets the snapshots that are not to be kept, and frees their space.",
                    "weekly mon 04:30",
                    each("prune", "prune")));
        }
        // Another Brain's snapshot is not for the reference Brain, and nothing else is known that could be started on
        // it.
        boolean drilled = config.brain() instanceof FleetConfig.Brain.Reference
                || !backup.drill().command().isEmpty();
        if (drilled && backup.parts().contains(BackupConfig.Part.BRAIN)) {
            jobs.add(job(
                    "backup-drill",
                    "Starts a Brain on the newest snapshot and compares its answers with the live one's.",
                    "monthly sat 05:30",
                    List.of(new Step("drill", stores().getFirst(), List.of("drill")))));
        }
        return jobs;
    }

    private Job job(String name, String description, String schedule, List<Step> steps) {
        return new Job(name, description, Schedule.parse(schedule), run -> run(name, steps, run));
    }

    private List<StoreName> stores() {
        return StoreName.configured(config.backup());
    }

    /** The same of each store. */
    private List<Step> each(String kind, String... arguments) {
        return stores().stream()
                .map(store -> {
                    List<String> all = new ArrayList<>(List.of(arguments));
                    all.addAll(List.of("--store", store.label()));
                    return new Step(kind, store, all);
                })
                .toList();
    }

    /** All steps, whether or not one fails. */
    private String run(String name, List<Step> steps, JobRun run) throws IOException, InterruptedException {
        oneAtATime.lockInterruptibly();
        try {
            List<String> done = new ArrayList<>();
            List<String> failed = new ArrayList<>();
            for (Step step : steps) {
                Instant started = surroundings.clock().instant();
                try {
                    done.add(run(name, step, run));
                } catch (CommandException e) {
                    failed.add(String.valueOf(e.getMessage()));
                    noteFailure(step, String.valueOf(e.getMessage()), started);
                }
            }
            if (!failed.isEmpty()) {
                failed.addAll(done);
                throw new CommandException(String.join(" ", failed));
            }
            return String.join(" ", done);
        } finally {
            oneAtATime.unlock();
        }
    }

    private String run(String name, Step step, JobRun run) throws IOException, InterruptedException {
        if (!step.kind().equals("backup") && !isBackedUp(step.store())) {
            return "There is no backup in the " + step.store().label() + " store yet.";
        }
        Path key = config.backup().keyFile();
        boolean keyless = config.backup().passphrase() == null && !Files.exists(key);
        List<String> arguments = new ArrayList<>(List.of("backup"));
        arguments.addAll(step.arguments());
        Ledger.makeFolder(ledger.logs());
        OwnCommand.Ended ended = OwnCommand.fleet(surroundings, arguments)
                .run(
                        ledger.logs().resolve(name + "-" + step.store().label() + ".log"),
                        config.backup().scheduled().timeLimit(),
                        run.stopping());
        if (ended.code() != 0) {
            throw new CommandException(problem(ended));
        }
        String told = ended.lines().stream()
                .filter(line -> !line.startsWith("report: "))
                .reduce("Done.", (before, line) -> line);
        // Nobody reads what is printed at night.
        return keyless && Files.exists(key)
                ? told + " Everything is encrypted under the new key file " + key + ": keep a copy of it elsewhere."
                : told;
    }

    private static String problem(OwnCommand.Ended ended) {
        List<String> lines = ended.lines();
        if (lines.isEmpty()) {
            return "It ended with " + ended.code() + " and said nothing.";
        }
        String why = lines.stream()
                .filter(line -> line.contains(": FAILED: "))
                .map(line -> line + " ")
                .collect(Collectors.joining());
        return why + lines.getLast().replaceFirst("^fleet: ", "");
    }

    private boolean isBackedUp(StoreName store) throws IOException {
        return ledger.events().stream()
                .anyMatch(e -> e.path("kind").asText().equals("backup")
                        && e.path("outcome").asText().equals("done")
                        && e.path("store").asText().equals(store.label()));
    }

    /** A command that was ended, or did not get far, has told the history nothing. */
    private void noteFailure(Step step, String why, Instant started) throws IOException {
        // The command's clock may be read a moment before this one's.
        Instant since = started.minus(1, ChronoUnit.SECONDS);
        for (ObjectNode event : ledger.events()) {
            Instant finished = HistorySync.instant(event.path("finished").asText());
            if (event.path("kind").asText().equals(step.kind())
                    && event.path("outcome").asText().equals("failed")
                    && finished != null
                    && finished.isAfter(since)) {
                return;
            }
        }
        History history =
                new History(ledger, () -> HistorySync.run(ledger, config, surroundings.err()), surroundings.err());
        Instant now = surroundings.clock().instant();
        switch (step.kind()) {
            case "backup" -> history.failed(step.store(), "all", why, started, now);
            case "verify" -> history.verified(step.store(), false, List.of(), why, started, now);
            case "prune" -> history.pruned(step.store(), 0, why, started, now);
            default -> history.drilled(step.store(), "", false, why, started, now);
        }
        history.settle();
    }
}
