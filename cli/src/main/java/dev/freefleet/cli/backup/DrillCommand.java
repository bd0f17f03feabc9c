package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.RestoreResult;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.cli.brain.ReferenceBrain;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.BackupConfig;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.gateway.GatewayConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "drill",
        description =
                "Restore the newest snapshot of the Brain to a scratch place, start a Brain on it, ask it the most frequent"
                        + " questions, and compare with the live Brain. A backup counts as verified after that, and not before.",
        mixinStandardHelpOptions = true)
final class DrillCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Option(
            names = "--snapshot",
            paramLabel = "SNAPSHOT",
            defaultValue = "brain",
            description = "Which one (default: the newest of the Brain).")
    private String id = "brain";

    DrillCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        FleetConfig config = store.setup().config(surroundings);
        Instant started = surroundings.clock().instant();
        History history = store.setup().history(surroundings);
        try (Stores.Open open = store.open(surroundings)) {
            StoredSnapshot stored = Find.snapshot(open, id);
            List<String> questions = Questions.of(config, started);
            Drill.Report report;
            try {
                report = rehearse(open, stored, config, questions);
            } catch (IOException | RuntimeException e) {
                String why = BackupRun.reason(e);
                note(history, open, stored, new Drill.Report(false, why, Jsons.array()), started);
                throw new CommandException("The drill failed: " + why, e);
            }
            Path file = note(history, open, stored, report, started);
            tell(stored, report, file);
            if (!report.passed()) {
                throw new CommandException(
                        "The restored Brain does not answer as the live one does: " + report.summary()
                                + ". " + (file == null ? "" : "What differed is in " + file + ". ")
                                + "If the live Brain has read new documents since, back up and try again.");
            }
        }
    }

    private Drill.Report rehearse(Stores.Open open, StoredSnapshot stored, FleetConfig config, List<String> questions)
            throws IOException {
        BackupConfig.Drill how = config.backup().drill();
        try (Scratch scratch = Scratch.make(surroundings.err());
                FleetState state = FleetState.of(config.data())) {
            Path folder = scratch.resolve("brain");
            try (Bars bars = store.setup().bars(surroundings, "drill")) {
                RestoreResult result = open.repository().restore(stored.snapshot(), "", folder, false, bars);
                if (result.lostCount() > 0) {
                    throw new CommandException(result.lostCount() + " files of the snapshot are damaged, such as "
                            + result.lost().getFirst().where());
                }
            }
            try (ScratchBrain restored = ScratchBrain.start(folder, how.command(), surroundings.clock());
                    BrainCaller asked = new BrainCaller(restored.url(), headers(config, true));
                    Live live = Live.of(config, state, surroundings);
                    BrainCaller compared = new BrainCaller(live.url(), headers(config, false))) {
                restored.awaitHealthy(asked);
                return new Drill(compared, asked, how.agreePercent()).ask(questions);
            }
        }
    }

    /** What an own Brain wants of the gateway; the one on the snapshot too, where it is started by a command. */
    private static Map<String, String> headers(FleetConfig config, boolean restored) {
        GatewayConfig.Origin origin = config.gateway().origin();
        Map<String, String> headers = new HashMap<>();
        boolean own = config.brain() instanceof FleetConfig.Brain.External
                && (!restored || !config.backup().drill().command().isEmpty());
        if (own && origin.key() != null) {
            headers.put("X-API-Key", origin.key());
        }
        if (own && origin.trust().secret() != null) {
            headers.put(origin.trust().secretHeader(), origin.trust().secret());
        }
        return headers;
    }

    /** The live Brain; the reference Brain is started for the drill where no fleet runs. */
    private record Live(URI url, Runnable stop) implements AutoCloseable {
        static Live of(FleetConfig config, FleetState state, Surroundings surroundings) {
            if (config.brain() instanceof FleetConfig.Brain.External external) {
                return new Live(external.url(), () -> {});
            }
            return switch (state) {
                case FleetState.Running running -> new Live(running.run().brain(), () -> {});
                case FleetState.Stopped stopped -> {
                    ReferenceBrain brain = new ReferenceBrain(stopped.directory(), surroundings.clock());
                    yield new Live(brain.serve("127.0.0.1", 0), brain::close);
                }
                case FleetState.Absent absent ->
                    throw new CommandException(
                            "there is no live Brain to compare with: no data directory " + config.data());
            };
        }

        @Override
        public void close() {
            stop.run();
        }
    }

    /** Keeps the report, and that there was a drill. */
    private @Nullable Path note(
            History history, Stores.Open open, StoredSnapshot stored, Drill.Report report, Instant started) {
        Instant now = surroundings.clock().instant();
        String snapshot = stored.snapshot().id();
        history.drilled(open.name(), snapshot, report.passed(), report.summary(), started, now);
        history.settle();
        ObjectNode json =
                json(stored, report).put("started", started.toString()).put("finished", now.toString());
        return history.keepReport(json, now);
    }

    private static ObjectNode json(StoredSnapshot stored, Drill.Report report) {
        ObjectNode json = Jsons.object()
                .put("snapshot", stored.snapshot().id())
                .put("taken", stored.snapshot().time().toString())
                .put("passed", report.passed())
                .put("summary", report.summary());
        json.set("questions", report.questions());
        return json;
    }

    private void tell(StoredSnapshot stored, Drill.Report report, @Nullable Path file) {
        if (store.json()) {
            surroundings.out().println(json(stored, report).toPrettyString());
            return;
        }
        surroundings
                .out()
                .println((report.passed() ? "passed: " : "FAILED: ") + "snapshot "
                        + Texts.shortId(stored.snapshot().id()) + " of "
                        + Texts.time(stored.snapshot().time()) + " UTC, " + report.summary());
        if (file != null) {
            surroundings.out().println("report: " + file);
        }
    }
}
