package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.CapacityPlan;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        description = "List the snapshots, oldest first, and say how long a history the store has room for.",
        mixinStandardHelpOptions = true)
final class ListCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Option(names = "--source", paramLabel = "NAME", description = "Only snapshots of this source.")
    private @Nullable String source;

    ListCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (Stores.Open open = store.open(surroundings)) {
            List<StoredSnapshot> all = open.repository().list().stream()
                    .filter(s -> source == null || s.snapshot().source().equals(source))
                    .toList();
            Stores stores = store.setup().stores(surroundings);
            long used = BackupRun.used(open);
            long cap = stores.capacity(open.name(), used);
            String series = source == null ? "brain" : source;
            long bytes = all.stream()
                    .filter(s -> s.snapshot().source().equals(series))
                    .mapToLong(s -> s.snapshot().bytes())
                    .reduce(0, (before, now) -> now);
            CapacityPlan plan = open.repository()
                    .plan(series, cap, bytes, store.setup().backup(surroundings).retention());
            if (store.json()) {
                ObjectNode json = Jsons.object().put("store", open.name().label());
                ArrayNode snapshots = json.putArray("snapshots");
                all.forEach(s -> snapshots.add(Jsons.of(s)));
                ObjectNode capacity = Jsons.of(plan, used, cap);
                double days = pace(open);
                if (Double.isFinite(days)) {
                    capacity.put("days_until_full_at_pace", Math.round(days));
                }
                json.set("capacity", capacity);
                surroundings.out().println(json.toPrettyString());
            } else {
                print(open, all, plan, used, cap);
            }
        }
    }

    private void print(Stores.Open open, List<StoredSnapshot> all, CapacityPlan plan, long used, long cap) {
        Table table = new Table("SNAPSHOT", "TIME (UTC)", "SOURCE", "HOST", "FILES", "SIZE", "ADDED", "TAGS");
        for (StoredSnapshot stored : all) {
            Snapshot s = stored.snapshot();
            table.row(
                    Texts.shortId(s.id()),
                    Texts.time(s.time()),
                    s.source(),
                    s.host(),
                    Long.toString(s.entries()),
                    Texts.size(s.bytes()),
                    Texts.size(s.added()),
                    String.join(" ", s.tags()));
        }
        table.print(surroundings.out());
        surroundings
                .out()
                .println(open.store().describe() + " holds " + Texts.size(used)
                        + (cap == Long.MAX_VALUE ? "" : " of at most " + Texts.size(cap)) + "; " + plan.daysOfHistory()
                        + " days of history fit"
                        + (plan.daysUntilFull() == Integer.MAX_VALUE
                                ? "."
                                : ", full in about " + plan.daysUntilFull() + " days."));
        double days = pace(open);
        if (Double.isFinite(days)) {
            surroundings
                    .out()
                    .println("At the pace of the last 30 days it is full in " + Math.round(days) + " days, on "
                            + LocalDate.ofInstant(surroundings.clock().instant(), ZoneOffset.UTC)
                                    .plusDays(Math.round(days))
                            + ".");
        }
    }

    /** Days until the store is full, as {@link Trend#daysUntilFull}. */
    private double pace(Stores.Open open) {
        try {
            return Trend.daysUntilFull(
                    new Ledger(store.setup().config(surroundings).data()).events(),
                    open.name().label());
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
