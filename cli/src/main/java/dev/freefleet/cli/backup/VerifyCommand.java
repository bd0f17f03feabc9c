package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.Problem;
import dev.freefleet.backup.VerifyReport;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "verify",
        description = "Read a repository's bytes and check every one; name what is damaged and whom it hits.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Option(
            names = "--sample",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description =
                    "Read this part of the packs, chosen at random, and all else whole (default: ${DEFAULT-VALUE}).")
    private double sample = 100;

    @Option(
            names = "--repair",
            description = "Then write anew what can be had from elsewhere in the repository, and verify again.")
    private boolean repair;

    VerifyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (!(sample > 0 && sample <= 100)) {
            throw CommandException.wrongUsage("--sample takes a percentage above 0, up to 100.");
        }
        History history = store.setup().history(surroundings);
        try (Stores.Open open = store.open(surroundings)) {
            VerifyReport report = verify(open, history);
            List<Problem> repaired = List.of();
            if (repair && !report.isSound()) {
                repaired = open.repository().repair();
                report = verify(open, history);
            }
            history.settle();
            if (store.json()) {
                surroundings.out().println(json(open, report, repaired).toPrettyString());
            } else {
                print(open, report, repaired);
            }
            if (!report.isSound()) {
                throw new CommandException("The repository in " + open.store().describe() + " is damaged, in "
                        + report.damage().size() + " places. What is not named above restores."
                        + (repair ? "" : " --repair mends what can be had from elsewhere in it;")
                        + " backup copy --all --mend from the other store brings back what it has.");
            }
        }
    }

    private VerifyReport verify(Stores.Open open, History history) {
        Instant started = surroundings.clock().instant();
        try (Bars bars = store.setup().bars(surroundings, open.name().label())) {
            VerifyReport report = open.repository().verify(sample / 100, RandomGenerator.getDefault(), bars);
            String problem = report.isSound()
                    ? ""
                    : report.damage().size() + " objects are damaged or missing, such as "
                            + (report.damage().isEmpty() ? report.affected() : report.damage())
                                    .getFirst()
                                    .where();
            boolean whole = sample == 100;
            history.verified(
                    open.name(),
                    whole,
                    whole && report.isSound() ? report.snapshots() : List.of(),
                    problem,
                    started,
                    surroundings.clock().instant());
            return report;
        }
    }

    private void print(Stores.Open open, VerifyReport report, List<Problem> repaired) {
        if (!repaired.isEmpty()) {
            surroundings.out().println("repaired:");
            Texts.lines(repaired).forEach(surroundings.out()::println);
        }
        if (!report.damage().isEmpty()) {
            surroundings.out().println("damaged:");
            Texts.lines(report.damage()).forEach(surroundings.out()::println);
        }
        if (!report.affected().isEmpty()) {
            surroundings.out().println("lost with it:");
            Texts.lines(report.affected()).forEach(surroundings.out()::println);
        }
        Texts.lines(report.notes()).forEach(surroundings.out()::println);
        surroundings
                .out()
                .println((report.isSound() ? "sound: " : "DAMAGED: ")
                        + open.store().describe() + ", " + report.snapshots().size() + " snapshots, "
                        + report.packsRead()
                        + " of "
                        + report.packs() + " packs read (" + Texts.size(report.bytesRead()) + ")");
    }

    private static ObjectNode json(Stores.Open open, VerifyReport report, List<Problem> repaired) {
        ObjectNode json = Jsons.object()
                .put("store", open.name().label())
                .put("sound", report.isSound())
                .put("snapshots", report.snapshots().size())
                .put("packs", report.packs())
                .put("packs_read", report.packsRead())
                .put("bytes_read", report.bytesRead());
        json.set("damage", Jsons.of(report.damage()));
        json.set("affected", Jsons.of(report.affected()));
        json.set("notes", Jsons.of(report.notes()));
        json.set("repaired", Jsons.of(repaired));
        return json;
    }
}
