package dev.freefleet.cli.brain;

import dev.freefleet.brain.Answer;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "ask",
        description = "Answer one question from the index as it is, and end.",
        mixinStandardHelpOptions = true)
final class BrainAsk implements Runnable {
    private static final int SOURCES = 5;

    private final Surroundings surroundings;

    @Mixin
    private final BrainOptions options = new BrainOptions();

    @Parameters(paramLabel = "QUESTION", description = "The question.")
    private String question = "";

    BrainAsk(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (question.isBlank()) {
            throw new CommandException("The question is empty.");
        }
        try (ReferenceBrain brain = options.open(surroundings)) {
            Answer answer = brain.ask(question, SOURCES);
            surroundings.out().println(answer.answer());
            answer.sources().forEach(source -> surroundings.out().println("  " + source.id()));
        }
    }
}
