package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.PruneReport;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "prune",
        description =
                "Forget the snapshots that retention lets go, and free the space that none needs. Space comes back in two"
                        + " steps, 48 hours apart, so that no running backup loses anything.",
        mixinStandardHelpOptions = true)
final class PruneCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Option(names = "--dry-run", description = "Only say which snapshots would be forgotten.")
    private boolean dryRun;

    @Option(
            names = "--forget",
            paramLabel = "SNAPSHOT",
            description = "Forget this one too, whatever retention says; its whole id; repeatable.")
    private final List<String> forget = new ArrayList<>();

    @Option(
            names = "--max-unused",
            paramLabel = "PERCENT",
            defaultValue = "5",
            description =
                    "Part of the store that may stay unused rather than be written anew (default: ${DEFAULT-VALUE}).")
    private double maxUnused = 5;

    @Option(
            names = "--forget-unreadable",
            description = "Forget manifests that are damaged in both copies, which hold nothing and stop a prune.")
    private boolean unreadable;

    PruneCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (!(maxUnused >= 0 && maxUnused <= 100)) {
            throw CommandException.wrongUsage("--max-unused takes a percentage from 0 to 100.");
        }
        Instant started = surroundings.clock().instant();
        History history = store.setup().history(surroundings);
        try (Stores.Open open = store.open(surroundings);
                Bars bars = store.setup().bars(surroundings, open.name().label())) {
            List<StoredSnapshot> go = toForget(open);
            if (dryRun) {
                tell(go, null, List.of());
                return;
            }
            List<String> lost = unreadable ? open.repository().forgetUnreadable() : List.of();
            open.repository().forget(go);
            try {
                PruneReport report = open.repository().prune(maxUnused / 100, bars);
                history.pruned(
                        open.name(),
                        go.size(),
                        "",
                        started,
                        surroundings.clock().instant());
                history.add(BackupRun.sizes(
                        surroundings,
                        store.setup().stores(surroundings),
                        open,
                        store.setup().backup(surroundings)));
                tell(go, report, lost);
            } catch (BackupException e) {
                history.pruned(
                        open.name(),
                        go.size(),
                        String.valueOf(e.getMessage()),
                        started,
                        surroundings.clock().instant());
                throw e;
            } finally {
                history.settle();
            }
        }
    }

    private List<StoredSnapshot> toForget(Stores.Open open) {
        List<StoredSnapshot> go = new ArrayList<>(
                open.repository().toForget(store.setup().backup(surroundings).retention()));
        for (String id : forget) {
            StoredSnapshot named = open.repository().find(id);
            if (!named.snapshot().id().equals(id)) {
                throw CommandException.wrongUsage(
                        "--forget wants the whole id: " + named.snapshot().id());
            }
            if (go.stream().noneMatch(s -> s.object().equals(named.object()))) {
                go.add(named);
            }
        }
        return go;
    }

    private void tell(
            List<StoredSnapshot> go, @org.jspecify.annotations.Nullable PruneReport report, List<String> lost) {
        if (store.json()) {
            ObjectNode json = Jsons.object().put("dry_run", report == null);
            ArrayNode forgotten = json.putArray("forgotten");
            go.forEach(s -> forgotten.add(Jsons.of(s)));
            lost.forEach(json.putArray("unreadable_forgotten")::add);
            if (report != null) {
                json.put("packs_before", report.packsBefore())
                        .put("bytes_before", report.bytesBefore())
                        .put("packs_to_trash", report.toTrash())
                        .put("bytes_to_trash", report.trashBytes())
                        .put("packs_deleted", report.deleted())
                        .put("bytes_deleted", report.deletedBytes())
                        .put("packs_repacked", report.repacked())
                        .put("packs_rescued", report.rescued())
                        .set("notes", Jsons.of(report.notes()));
            }
            surroundings.out().println(json.toPrettyString());
            return;
        }
        for (StoredSnapshot stored : go) {
            Snapshot s = stored.snapshot();
            surroundings
                    .out()
                    .println((report == null ? "would forget " : "forgot ") + Texts.shortId(s.id()) + " "
                            + Texts.time(s.time()) + " " + s.source());
        }
        lost.forEach(name -> surroundings.out().println("forgot the unreadable " + name));
        if (report == null) {
            surroundings.out().println(go.size() + " snapshots would be forgotten; nothing was changed.");
            return;
        }
        Texts.lines(report.notes()).forEach(surroundings.out()::println);
        surroundings
                .out()
                .println(go.size() + " snapshots forgotten; " + Texts.size(report.deletedBytes()) + " freed, "
                        + Texts.size(report.trashBytes()) + " will be by a prune in 48 hours or later.");
    }
}
