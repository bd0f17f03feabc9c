package dev.freefleet.cli.brain;

import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "ingest",
        description = "Make the index mirror the documents, and end.",
        mixinStandardHelpOptions = true)
final class BrainIngest implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final BrainOptions options = new BrainOptions();

    @Mixin
    private final DocsOption docs = new DocsOption();

    BrainIngest(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (ReferenceBrain brain = options.open(surroundings)) {
            brain.read(docs.roots(surroundings), surroundings.err(), surroundings.terminal());
        }
    }
}
