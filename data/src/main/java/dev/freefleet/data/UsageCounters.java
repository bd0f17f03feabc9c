package dev.freefleet.data;

/**
 * What became of usage events since the ingest was opened; for metrics. Each number is read on its own, from any thread.
 * Without a spool {@code accepted = written + rejected + those that still wait}, once all is at rest; with one, events that a
 * former process left there are written, too.
 */
public interface UsageCounters {
    /** Events that were taken. */
    long accepted();

    /** Events that were not taken: no room, or the ingest is closed; and those given up when it closed. All are lost. */
    long dropped();

    /** Events whose rows are committed in PostgreSQL. */
    long written();

    /** Events whose rows PostgreSQL refused; none is expected. */
    long rejected();

    /** Attempts to write a batch that failed and were or will be repeated. */
    long failedBatches();

    /** Events that wait in memory, 0 to the ring's size. */
    int queueDepth();

    /** Events that were appended to the spool, where the death of the process cannot take them; 0 without a spool. */
    long spooled();

    /** Events that went from memory into PostgreSQL, past a spool that could not be written; all, without a spool. */
    long direct();

    /** Places in the spool where a disk or a crash has damaged what was written; each is at least one event lost. */
    long damaged();

    /** Bytes of the spool's files, with those of events that are delivered but share a file with others. */
    long spoolBytes();

    /** The most that {@link #spoolBytes} may be; past it events wait in memory, and are dropped when that is full. 0 without. */
    long spoolMaxBytes();

    /** How old the oldest event is that is being delivered, in milliseconds; 0 where none is. */
    long oldestMillis();
}
