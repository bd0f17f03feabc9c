package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.Difference;
import dev.freefleet.backup.Entry;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.cli.client.Surroundings;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "diff",
        description =
                "Tell what differs between two snapshots: + added, - removed, M changed, t touched; with --json an object"
                        + " a line.",
        mixinStandardHelpOptions = true)
final class DiffCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Parameters(index = "0", paramLabel = "BEFORE", description = "The earlier snapshot.")
    private String before = "";

    @Parameters(index = "1", paramLabel = "AFTER", description = "The later one.")
    private String after = "";

    DiffCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (Stores.Open open = store.open(surroundings)) {
            Snapshot a = Find.snapshot(open, before).snapshot();
            Snapshot b = Find.snapshot(open, after).snapshot();
            Map<Difference.Kind, Long> counts = new EnumMap<>(Difference.Kind.class);
            open.repository().diff(a, b, d -> {
                counts.merge(d.kind(), 1L, Long::sum);
                surroundings
                        .out()
                        .println(store.json() ? json(d).toString() : mark(d.kind()) + " " + Texts.clean(d.name()));
            });
            surroundings.out().flush();
            if (!store.json()) {
                surroundings
                        .err()
                        .println("backup: " + counts.getOrDefault(Difference.Kind.ADDED, 0L) + " added, "
                                + counts.getOrDefault(Difference.Kind.REMOVED, 0L) + " removed, "
                                + counts.getOrDefault(Difference.Kind.CHANGED, 0L) + " changed, "
                                + counts.getOrDefault(Difference.Kind.TOUCHED, 0L) + " touched");
            }
        }
    }

    private static String mark(Difference.Kind kind) {
        return switch (kind) {
            case ADDED -> "+";
            case REMOVED -> "-";
            case CHANGED -> "M";
            case TOUCHED -> "t";
        };
    }

    private static ObjectNode json(Difference d) {
        ObjectNode json =
                Jsons.object().put("path", d.name()).put("kind", d.kind().name().toLowerCase(Locale.ROOT));
        put(json, "before", d.before());
        put(json, "after", d.after());
        return json;
    }

    private static void put(ObjectNode json, String member, @Nullable Entry e) {
        if (e == null) {
            json.putNull(member);
        } else {
            json.set(member, Jsons.of(e));
        }
    }
}
