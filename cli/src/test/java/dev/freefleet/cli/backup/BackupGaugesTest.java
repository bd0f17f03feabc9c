package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.config.BackupConfig;
import dev.freefleet.cli.config.ConfigLoader;
import dev.freefleet.cli.config.Flags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupGaugesTest {
    @TempDir
    Path folder;

    /** The age of the last verified backup would be small for years, and no alert would come. */
    @Test
    void aSnapshotThatClaimsToBeOfTheFutureIsAsOldAsItsDrill() throws Exception {
        Path data = folder.resolve("fleet-data");
        Files.createDirectories(data.resolve("backup"));
        Files.writeString(data.resolve("VERSION"), "1\n");
        Files.writeString(data.resolve("backup/history.jsonl"), """
                {"kind":"backup","outcome":"done","store":"local","source":"brain","snapshot":"a","time":"2126-11-01T02:00:00Z","finished":"2126-11-01T02:01:00Z"}
                {"kind":"drill","outcome":"passed","store":"local","snapshot":"a","finished":"2126-11-02T05:30:00Z"}
                {"kind":"backup","outcome":"done","store":"local","source":"brain","snapshot":"b","time":"2199-01-01T02:00:00Z","finished":"2126-12-01T02:01:00Z"}
                {"kind":"drill","outcome":"passed","store":"local","snapshot":"b","finished":"2126-12-02T05:30:00Z"}
                """);
        BackupConfig config = new ConfigLoader(folder, folder, Map.of())
                .load(Flags.none())
                .config()
                .backup();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        BackupGauges.register(registry, data, config);

        assertThat(registry.get("fleet.backup.drilled.snapshot.timestamp.seconds")
                        .gauge()
                        .value())
                .isEqualTo(Instant.parse("2126-12-02T05:30:00Z").toEpochMilli() / 1_000.0);
    }
}
