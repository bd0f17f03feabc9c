package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.KeyInfo;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "List the keys that open the repository.", mixinStandardHelpOptions = true)
final class KeyList implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    KeyList(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (Stores.Open open = store.open(surroundings)) {
            if (store.json()) {
                ObjectNode json = Jsons.object();
                ArrayNode keys = json.putArray("keys");
                open.repository().keys().forEach(k -> keys.add(Jsons.of(k)));
                surroundings.out().println(json.toPrettyString());
                return;
            }
            Table table = new Table("KEY", "LABEL", "KIND", "ADDED (UTC)");
            for (KeyInfo k : open.repository().keys()) {
                table.row(
                        k.id(),
                        k.label(),
                        k.kind() == KeyInfo.Kind.PASSPHRASE ? "passphrase" : "key file",
                        Texts.time(k.created()));
            }
            table.print(surroundings.out());
        }
    }
}
