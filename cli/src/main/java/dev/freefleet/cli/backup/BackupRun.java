package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupResult;
import dev.freefleet.backup.CapacityPlan;
import dev.freefleet.backup.CopyReport;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.BackupConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run: each source into the first store, then what the other store lacks into that one. A source that fails is told, and the
 * others are backed up all the same.
 */
final class BackupRun {
    private final Surroundings surroundings;
    private final Setup setup;
    private final Stores stores;
    private final BackupConfig config;
    private final History history;
    private final List<String> tags;

    BackupRun(Surroundings surroundings, Setup setup, List<String> tags) {
        this.surroundings = surroundings;
        this.setup = setup;
        this.config = setup.backup(surroundings);
        this.stores = setup.stores(surroundings);
        this.history = setup.history(surroundings);
        this.tags = tags;
    }

    /**
     * What became of a source.
     *
     * @param stored its snapshot; null where it failed or there was nothing
     * @param problem why there is none; empty otherwise
     * @param failed whether that is a failure
     */
    record Outcome(String source, @Nullable BackupResult stored, String problem, boolean failed, Duration took) {}

    /** What became of the copies. */
    record Copied(List<StoredSnapshot> copied, String problem) {}

    /** What became of all. */
    record Result(
            StoreName store,
            List<Outcome> outcomes,
            @Nullable Copied offSite) {
        boolean isWhole() {
            return outcomes.stream().noneMatch(Outcome::failed)
                    && (offSite == null || offSite.problem().isEmpty());
        }
    }

    Result run(List<Plans.Plan> plans, boolean copy) {
        StoreName first = stores.primary();
        List<Outcome> outcomes = new ArrayList<>();
        try (Stores.Open open = stores.openOrMake(first)) {
            for (Plans.Plan plan : plans) {
                outcomes.add(one(open, plan));
            }
            sizes(open);
            boolean second = copy && stores.configured().size() > 1;
            return new Result(first, outcomes, second ? copies(open) : null);
        }
    }

    private Outcome one(Stores.Open open, Plans.Plan plan) {
        Plans.Opener opener = plan.opener();
        if (opener == null) {
            say(plan.name() + ": left out, " + plan.nothing());
            return new Outcome(plan.name(), null, plan.nothing(), false, Duration.ZERO);
        }
        Instant started = surroundings.clock().instant();
        long nanos = System.nanoTime();
        Outcome outcome;
        try (Plans.Opened source = opener.open();
                Bars bars = setup.bars(surroundings, plan.name())) {
            tellWhetherItFits(open, plan.name(), source.bytes());
            BackupResult result = open.repository().backup(source.source(), tags, bars);
            outcome = new Outcome(plan.name(), result, "", false, since(nanos));
        } catch (IOException | RuntimeException e) {
            String why = reason(e);
            say(plan.name() + ": FAILED: " + why);
            outcome = new Outcome(plan.name(), null, why, true, since(nanos));
        }
        note(open.name(), outcome, started);
        return outcome;
    }

    /** What keeps a source from being read comes from many libraries; bugs come through. */
    static String reason(Exception e) {
        return switch (e) {
            case BackupException b -> String.valueOf(b.getMessage());
            case dev.freefleet.data.DataException d -> String.valueOf(d.getMessage());
            case dev.freefleet.brain.BrainException b -> String.valueOf(b.getMessage());
            case dev.freefleet.cli.datadir.DataDirectoryException d -> String.valueOf(d.getMessage());
            case dev.freefleet.cli.client.CommandException c -> String.valueOf(c.getMessage());
            case IOException io -> "it cannot be read: " + io.getMessage();
            default -> throw e instanceof RuntimeException r ? r : new IllegalStateException(e);
        };
    }

    private static Duration since(long nanos) {
        return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos));
    }

    private void tellWhetherItFits(Stores.Open open, String name, long bytes) {
        long length = bytes >= 0 ? bytes : lengthBefore(open, name);
        if (length < 0) {
            return;
        }
        long used = used(open);
        long cap = stores.capacity(open.name(), used);
        CapacityPlan plan = open.repository().plan(name, cap, length, config.retention());
        if (!plan.fits()) {
            say(name + ": WILL PROBABLY NOT FIT: about " + Texts.size(plan.nextBytes()) + " more than the "
                    + Texts.size(used) + " that are there, and the "
                    + open.name().label() + " store holds at most "
                    + Texts.size(cap) + ". Raise the cap, keep fewer snapshots, or prune. It is tried all the same.");
        } else if (!plan.steadyFits()) {
            say(name + ": fits now, but not all of the history that is to be kept: " + plan.daysOfHistory()
                    + " days of it do; full in about " + plan.daysUntilFull() + " days.");
        }
    }

    private static long lengthBefore(Stores.Open open, String name) {
        return open.repository().list().stream()
                .filter(s -> s.snapshot().source().equals(name))
                .mapToLong(s -> s.snapshot().bytes())
                .reduce(-1, (before, bytes) -> bytes);
    }

    static long used(Stores.Open open) {
        return open.store().list("").stream().mapToLong(ObjectInfo::size).sum();
    }

    private Copied copies(Stores.Open from) {
        Instant started = surroundings.clock().instant();
        try (Stores.Open to = stores.openOrMake(StoreName.OFF_SITE);
                Bars bars = setup.bars(surroundings, "off-site")) {
            CopyReport report = from.repository().copyTo(to.repository(), Missing.newer(from, to, started), bars);
            for (StoredSnapshot s : report.copied()) {
                history.backup(to.name(), s, started, surroundings.clock().instant());
            }
            sizes(to);
            return copied(report.copied(), Texts.unreadable(from.name(), report.unreadable()), started);
        } catch (BackupException e) {
            return copied(List.of(), String.valueOf(e.getMessage()), started);
        }
    }

    private Copied copied(List<StoredSnapshot> copied, String problem, Instant started) {
        if (!problem.isEmpty()) {
            say("off-site: FAILED: " + problem);
            history.failed(
                    StoreName.OFF_SITE,
                    "copy",
                    problem,
                    started,
                    surroundings.clock().instant());
        }
        return new Copied(copied, problem);
    }

    private void note(StoreName store, Outcome outcome, Instant started) {
        Instant finished = surroundings.clock().instant();
        BackupResult result = outcome.stored();
        if (result != null) {
            history.backup(store, result.stored(), started, finished);
        } else if (outcome.failed()) {
            history.failed(store, outcome.source(), outcome.problem(), started, finished);
        }
    }

    /** What metrics tell of a store's size. */
    private void sizes(Stores.Open open) {
        history.add(sizes(surroundings, stores, open, config));
    }

    static ObjectNode sizes(Surroundings surroundings, Stores stores, Stores.Open open, BackupConfig config) {
        long used = used(open);
        long cap = stores.capacity(open.name(), used);
        List<StoredSnapshot> all = open.repository().list();
        long newestBytes = all.stream()
                .filter(s -> s.snapshot().source().equals("brain"))
                .mapToLong(s -> s.snapshot().bytes())
                .reduce(0, (before, bytes) -> bytes);
        CapacityPlan plan = open.repository().plan("brain", cap, newestBytes, config.retention());
        return Jsons.object()
                .put("kind", "size")
                .put("id", UUID.randomUUID().toString())
                .put("at", surroundings.clock().instant().toString())
                .put("store", open.name().label())
                .put("bytes", used)
                .put("cap_bytes", cap)
                .put("snapshots", all.size())
                .put(
                        "logical_bytes",
                        all.stream().mapToLong(s -> s.snapshot().bytes()).sum())
                .put("days_until_full", plan.daysUntilFull() == Integer.MAX_VALUE ? -1 : plan.daysUntilFull());
    }

    private void say(String line) {
        surroundings.err().println("backup: " + line);
    }
}
