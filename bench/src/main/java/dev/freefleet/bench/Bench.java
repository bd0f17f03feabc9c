package dev.freefleet.bench;

import dev.freefleet.bench.replay.ReplayCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The benchmarks' one entry: {@code compare} measures peers beside one another, {@code ingest} what usage costs, {@code replay}
 * plays a trace, {@code aggregate} adds up a day.
 */
@Command(
        name = "bench/run",
        description = "Benchmarks on loopback, bounded in time; ends only what it started.",
        subcommands = {CompareCommand.class, IngestCommand.class, ReplayCommand.class, AggregateCommand.class},
        mixinStandardHelpOptions = true)
public final class Bench {
    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }
}
