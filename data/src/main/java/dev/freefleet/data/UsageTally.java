package dev.freefleet.data;

import java.util.concurrent.atomic.LongAdder;

/** The counts that the ingest's threads share. */
final class UsageTally {
    /** But for those that a mapped ring counts. */
    final LongAdder accepted = new LongAdder();

    final LongAdder dropped = new LongAdder();
    final LongAdder written = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder failedBatches = new LongAdder();
    final LongAdder spooled = new LongAdder();
    final LongAdder direct = new LongAdder();
}
