package dev.freefleet.data;

/**
 * What became of usage events since the ingest was opened; for metrics. Each number is read on its own, from any thread.
 * {@code accepted = written + rejected + those that still wait}, once all is at rest.
 */
public interface UsageCounters {
    /** Events that were taken. */
    long accepted();

    /** Events that were not taken: no room, or the ingest is closed; and those given up when it closed. */
    long dropped();

    /** Events whose rows are committed in PostgreSQL. */
    long written();

    /** Events whose rows PostgreSQL refused; none is expected. */
    long rejected();

    /** Attempts to write a batch that failed and were or will be repeated. */
    long failedBatches();

    /** Events that wait in memory, 0 to the ring's size. */
    int queueDepth();
}
