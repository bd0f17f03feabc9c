package dev.freefleet.cli.backup;

import dev.freefleet.cli.client.Surroundings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which store's repository a command works on. */
final class StoreOption {
    @Mixin
    private final Setup setup = new Setup();

    @Option(
            names = "--store",
            paramLabel = "STORE",
            description = "local or off-site (default: the local one, where there is one).")
    private @Nullable String store;

    Setup setup() {
        return setup;
    }

    boolean json() {
        return setup.json();
    }

    StoreName name(Surroundings surroundings) {
        return setup.stores(surroundings).named(store);
    }

    /** Opens the repository that is there. */
    Stores.Open open(Surroundings surroundings) {
        return setup.stores(surroundings).open(name(surroundings));
    }
}
