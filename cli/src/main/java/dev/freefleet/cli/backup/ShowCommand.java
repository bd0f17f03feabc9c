package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "show", description = "Tell all that is known of a snapshot.", mixinStandardHelpOptions = true)
final class ShowCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Parameters(paramLabel = "SNAPSHOT", description = "Its id or the beginning of it, a source's name, or latest.")
    private String id = "";

    ShowCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (Stores.Open open = store.open(surroundings)) {
            StoredSnapshot stored = Find.snapshot(open, id);
            Snapshot s = stored.snapshot();
            ObjectNode known = store.setup().history(surroundings).of(s.id());
            if (store.json()) {
                ObjectNode json = Jsons.of(stored);
                json.setAll(known);
                surroundings.out().println(json.toPrettyString());
                return;
            }
            Table table = new Table("WHAT", "VALUE");
            table.row("snapshot", s.id())
                    .row("source", s.source())
                    .row("kind", s.kind().name().toLowerCase(Locale.ROOT))
                    .row("host", s.host())
                    .row("taken (UTC)", Texts.time(s.time()))
                    .row("stored (UTC)", Texts.time(stored.stored()))
                    .row("files", Long.toString(s.entries()))
                    .row("size", Texts.size(s.bytes()))
                    .row("added", Texts.size(s.added()))
                    .row("unreadable files", Long.toString(s.problems()))
                    .row("tags", String.join(" ", s.tags()))
                    .row("bytes verified (UTC)", known.path("verified_at").asText(""))
                    .row(
                            "drill",
                            known.path("drill_outcome").asText("") + " "
                                    + known.path("drill_summary").asText(""))
                    .print(surroundings.out());
        }
    }
}
