package dev.freefleet.cli;

import dev.freefleet.cli.client.Surroundings;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code fleet completion}. */
@Command(
        name = "completion",
        description = "Print a completion script for bash and zsh; use it with: source <(./fleet completion)",
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
    private final Surroundings surroundings;

    CompletionCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        surroundings.out().print(AutoComplete.bash("fleet", Commands.all(surroundings)));
        surroundings.out().flush();
    }
}
