package dev.freefleet.bench.peer;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.IngestConfig;
import dev.freefleet.data.QuestionPolicy;
import dev.freefleet.data.Redaction;
import dev.freefleet.data.Sensitive;
import dev.freefleet.data.UsageIngest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where usage is written: handed to the process that is measured in a file, since its arguments are everybody's to read.
 *
 * @param spool a folder of its own for each process
 */
public record UsageDatabase(DataConfig.External database, Path spool) {
    /** Writes the file. */
    public Path write(Path file) throws IOException {
        return Files.write(file, List.of(database.url(), database.user(), database.password(), spool.toString()));
    }

    static UsageDatabase read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return new UsageDatabase(
                new DataConfig.External(lines.get(0), lines.get(1), lines.get(2)), Path.of(lines.get(3)));
    }

    /** Opens the data plane. */
    public DataPlane open() {
        return DataPlane.open(DataConfig.of(database), Clock.systemUTC());
    }

    /** Begins to take events with the fleet's defaults: redacted, digests keyed. */
    public UsageIngest ingest(DataPlane plane) {
        QuestionPolicy questions = new QuestionPolicy(
                Map.of(), Redaction.of(Set.of(Sensitive.SECRET, Sensitive.CARD), Map.of()), new byte[32]);
        return plane.ingest(IngestConfig.DEFAULTS.withSpool(spool).withQuestions(questions));
    }
}
