package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.BackupResult;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import dev.freefleet.cli.config.FleetConfig;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        description =
                "Back up the Brain, the data plane, the fleet's own files and configured folders, and copy them off-site.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Runnable {
    private static final int LONGEST_TAG = 64;

    private final Surroundings surroundings;

    @Mixin
    private final Setup setup = new Setup();

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description =
                    "Only this: brain, data, fleet, or a configured folder; repeatable (default: all configured).")
    private final List<String> sources = new ArrayList<>();

    @Option(names = "--tag", paramLabel = "WORD", description = "A word that the snapshots carry; repeatable.")
    private final List<String> tags = new ArrayList<>();

    @Option(names = "--no-copy", description = "Do not copy to the off-site store.")
    private boolean noCopy;

    RunCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        FleetConfig config = setup.config(surroundings);
        for (String tag : tags) {
            if (tag.isBlank() || tag.length() > LONGEST_TAG) {
                throw CommandException.wrongUsage("A tag has 1 to " + LONGEST_TAG + " characters.");
            }
        }
        BackupRun.Result result;
        try (FleetState fleet = FleetState.of(config.data())) {
            List<Plans.Plan> plans =
                    new Plans(config, fleet, setup.configFile(surroundings), surroundings.clock()).all();
            List<Plans.Plan> chosen = chosen(plans);
            if (chosen.stream().allMatch(plan -> plan.opener() == null)) {
                throw new CommandException("There is nothing to back up: "
                        + (chosen.isEmpty()
                                ? "no source is configured"
                                : chosen.getFirst().nothing())
                        + ". Start the fleet once with ./fleet up, or name another data directory with --data.");
            }
            result = new BackupRun(surroundings, setup, tags).run(chosen, !noCopy);
            setup.history(surroundings).settle();
        }
        if (setup.json()) {
            surroundings.out().println(json(result).toPrettyString());
        } else {
            print(result);
        }
        if (!result.isWhole()) {
            throw new CommandException("Not everything was backed up; what was is safe. See above.");
        }
    }

    private List<Plans.Plan> chosen(List<Plans.Plan> plans) {
        for (String source : sources) {
            if (plans.stream().noneMatch(plan -> plan.name().equals(source))) {
                throw CommandException.wrongUsage("There is no source \"" + source + "\"; there are: "
                        + String.join(", ", plans.stream().map(Plans.Plan::name).toList())
                        + ". More are set with backup.sources and backup.folders.");
            }
        }
        return sources.isEmpty()
                ? plans
                : plans.stream().filter(plan -> sources.contains(plan.name())).toList();
    }

    private void print(BackupRun.Result result) {
        Table table = new Table("SOURCE", "SNAPSHOT", "FILES", "SIZE", "ADDED", "TOOK");
        for (BackupRun.Outcome o : result.outcomes()) {
            BackupResult stored = o.stored();
            if (stored == null) {
                table.row(o.source(), o.failed() ? "FAILED" : "left out", "", "", "", "");
            } else {
                Snapshot s = stored.stored().snapshot();
                table.row(
                        o.source(),
                        Texts.shortId(s.id()),
                        Long.toString(s.entries()),
                        Texts.size(s.bytes()),
                        Texts.size(s.added()),
                        Texts.took(o.took()));
                if (s.problems() > 0) {
                    surroundings
                            .err()
                            .println("backup: " + o.source() + ": " + s.problems()
                                    + " files could not be read and are not in the snapshot:");
                    Texts.lines(stored.problems()).forEach(surroundings.err()::println);
                }
            }
        }
        table.print(surroundings.out());
        surroundings.out().println(summary(result));
    }

    private static String summary(BackupRun.Result result) {
        int made = 0;
        long added = 0;
        for (BackupRun.Outcome outcome : result.outcomes()) {
            BackupResult stored = outcome.stored();
            if (stored != null) {
                made++;
                added += stored.stored().snapshot().added();
            }
        }
        BackupRun.Copied copied = result.offSite();
        return made + " snapshots made, " + Texts.size(added) + " added"
                + (copied == null || !copied.problem().isEmpty()
                        ? "."
                        : "; " + copied.copied().size() + " snapshots copied off-site.");
    }

    private static ObjectNode json(BackupRun.Result result) {
        ObjectNode json = Jsons.object().put("store", result.store().label()).put("whole", result.isWhole());
        ArrayNode all = json.putArray("sources");
        for (BackupRun.Outcome o : result.outcomes()) {
            ObjectNode one = all.addObject()
                    .put("source", o.source())
                    .put("outcome", o.failed() ? "failed" : o.stored() == null ? "left out" : "done")
                    .put("took_ms", o.took().toMillis());
            BackupResult stored = o.stored();
            if (stored == null) {
                one.put("problem", o.problem());
            } else {
                one.set("snapshot", Jsons.of(stored.stored()));
                one.set("unreadable", Jsons.of(stored.problems()));
            }
        }
        BackupRun.Copied copied = result.offSite();
        if (copied != null) {
            ObjectNode offSite = json.putObject("off_site").put("problem", copied.problem());
            ArrayNode snapshots = offSite.putArray("copied");
            copied.copied().forEach(s -> snapshots.add(s.snapshot().id()));
        }
        return json;
    }
}
