package dev.freefleet.cli.brain;

import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Termination;
import java.net.URI;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "serve",
        description = "Read the documents and serve the Brain's API until Ctrl-C or SIGTERM.",
        mixinStandardHelpOptions = true)
final class BrainServe implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final BrainOptions options = new BrainOptions();

    @Mixin
    private final DocsOption docs = new DocsOption();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Where it listens (default: ${DEFAULT-VALUE}).")
    private String host = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "9000",
            description = "Its port; 0 takes any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    BrainServe(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        ReferenceBrain brain = options.open(surroundings);
        try (Termination termination = new Termination(brain::close, surroundings.err())) {
            brain.read(docs.roots(surroundings), surroundings.err(), surroundings.terminal());
            URI url = brain.serve(host, port);
            surroundings.out().println("ready: brain " + url);
            termination.await();
        } catch (RuntimeException e) {
            brain.close();
            throw e;
        }
    }
}
