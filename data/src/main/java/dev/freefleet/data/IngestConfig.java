package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of usage ingest.
 *
 * @param ringEvents how many events may wait in memory, a power of two from 2 to 1,048,576, default 65,536
 * @param ringBytes how many bytes they may take there, 1 MiB to 1 GiB, default 16 MiB
 * @param batchRows the most rows of one COPY, 1 to 100,000, default 10,000
 * @param maxDelay how long an event waits for others to share its COPY, 1 ms to 10 s, default 1 s; five times as long where 200 or more
 *     wait in a spool that is less than a quarter full
 * @param flushTimeout how long closing waits for what is left to be written, 0 to 1 min, default 4 s
 * @param spoolDirectory the folder in which events are safe from the death of the process until PostgreSQL has them; or null
 *     (the default) for none, and then events wait in memory only. One process at a time may use it
 * @param spoolBytes how many bytes may wait there, 1 MiB to 1 TiB, default 1 GiB; an event takes some 250 and its question
 * @param questions what is kept of questions
 */
public record IngestConfig(
        int ringEvents,
        long ringBytes,
        int batchRows,
        Duration maxDelay,
        Duration flushTimeout,
        @Nullable Path spoolDirectory,
        long spoolBytes,
        QuestionPolicy questions) {
    public static final IngestConfig DEFAULTS =
            new IngestConfig(65_536, 16L << 20, 10_000, Duration.ofSeconds(1), Duration.ofSeconds(4));

    public IngestConfig {
        if (ringEvents < 2 || ringEvents > 1 << 20 || Integer.bitCount(ringEvents) != 1) {
            throw new IllegalArgumentException(
                    "ringEvents must be a power of two from 2 to 1048576, but is " + ringEvents);
        }
        requireRange(ringBytes, 1 << 20, 1 << 30, "ringBytes");
        requireRange(batchRows, 1, 100_000, "batchRows");
        requireRange(requireNonNull(maxDelay, "maxDelay").toMillis(), 1, 10_000, "maxDelay in ms");
        requireRange(requireNonNull(flushTimeout, "flushTimeout").toMillis(), 0, 60_000, "flushTimeout in ms");
        requireRange(spoolBytes, 1 << 20, 1L << 40, "spoolBytes");
        requireNonNull(questions, "questions");
    }

    /** Without a spool, with all that the edge keeps of questions. */
    public IngestConfig(int ringEvents, long ringBytes, int batchRows, Duration maxDelay, Duration flushTimeout) {
        this(ringEvents, ringBytes, batchRows, maxDelay, flushTimeout, null, 1L << 30, QuestionPolicy.ALL);
    }

    /** The same with a spool in a folder, bounded as this says. */
    public IngestConfig withSpool(Path directory) {
        return withSpool(directory, spoolBytes);
    }

    /** The same with a spool in a folder, bounded by so many bytes, 1 MiB to 1 TiB. */
    public IngestConfig withSpool(Path directory, long bytes) {
        return new IngestConfig(
                ringEvents,
                ringBytes,
                batchRows,
                maxDelay,
                flushTimeout,
                requireNonNull(directory, "directory"),
                bytes,
                questions);
    }

    /** The same with this kept of questions. */
    public IngestConfig withQuestions(QuestionPolicy policy) {
        return new IngestConfig(
                ringEvents, ringBytes, batchRows, maxDelay, flushTimeout, spoolDirectory, spoolBytes, policy);
    }

    private static void requireRange(long value, long min, long max, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", but is " + value);
        }
    }
}
