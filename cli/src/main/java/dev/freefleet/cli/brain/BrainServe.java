package dev.freefleet.cli.brain;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Termination;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--gateway-secret",
            paramLabel = "FILE",
            description = "A file with the gateway's origin.secret: calls without it are refused (default: none).")
    private @Nullable String secretFile;

    BrainServe(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        ReferenceBrain brain = options.open(surroundings, secret());
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

    private @Nullable String secret() {
        if (secretFile == null) {
            return null;
        }
        Path file = surroundings.workingDirectory().resolve(secretFile);
        try {
            String secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw CommandException.wrongUsage("--gateway-secret: " + file + " is empty.");
            }
            return secret;
        } catch (IOException e) {
            throw CommandException.wrongUsage("--gateway-secret: " + file + " does not exist or cannot be read.");
        }
    }
}
