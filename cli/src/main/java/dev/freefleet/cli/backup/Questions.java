package dev.freefleet.cli.backup;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.data.BackupHistory;
import dev.freefleet.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Which questions a drill asks. */
final class Questions {
    private static final Duration SINCE = Duration.ofDays(30);

    private Questions() {}

    /**
     * Those of the configured file, else the most frequent ones of the last thirty days.
     *
     * @throws CommandException if there are none
     */
    static List<String> of(FleetConfig config, Instant now) {
        Path file = config.backup().drill().questions();
        int count = config.backup().drill().count();
        List<String> questions;
        try {
            questions = file == null
                    ? asked(config, now.minus(SINCE), count)
                    : Files.readAllLines(file).stream()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                            .limit(count)
                            .toList();
        } catch (IOException e) {
            throw new CommandException("The file of questions " + file + " cannot be read as UTF-8 text.", e);
        }
        if (questions.isEmpty()) {
            throw new CommandException(
                    file == null
                            ? "There are no questions to ask: the usage of the last 30 days holds no question's text (usage.query-text"
                                    + " says whether any is kept). Write some into a file, a line each, and name it with"
                                    + " backup.drill.questions."
                            : "There are no questions in " + file + "; write some, a line each.");
        }
        return questions;
    }

    private static List<String> asked(FleetConfig config, Instant since, int count) {
        try (BackupHistory database = BackupHistory.open(Plans.database(config, config.data()))) {
            return database.frequentQuestions(since, count);
        } catch (DataException e) {
            throw new CommandException(
                    "The usage, which tells the questions to ask, cannot be read: " + e.getMessage()
                            + " A file named with backup.drill.questions serves without it.",
                    e);
        }
    }
}
