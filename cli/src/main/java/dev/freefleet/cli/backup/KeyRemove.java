package dev.freefleet.cli.backup;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "remove",
        description =
                "Remove a key, not the last one. Who copied its slot before can still open what was stored until now.",
        mixinStandardHelpOptions = true)
final class KeyRemove implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Parameters(paramLabel = "ID", description = "The key's id, as key list shows it.")
    private String id = "";

    KeyRemove(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (Stores.Open open = store.open(surroundings)) {
            open.repository().removeKey(id);
            if (store.json()) {
                surroundings.out().println(Jsons.object().put("removed", id).toPrettyString());
            } else {
                surroundings.out().println("removed key " + id);
            }
        }
    }
}
