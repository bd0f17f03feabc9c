package dev.freefleet.bench.replay;

import dev.freefleet.testkit.trace.TraceEvent;
import java.io.IOException;

/** Something between the asker and the Brain that may answer for it. Thread-safe. */
public interface Cache {
    /** What it answers. */
    Reply ask(TraceEvent.Ask ask) throws IOException, InterruptedException;

    /** Whether it asks the Brain's health for the version of its index, so that a re-ingest can be waited for. */
    boolean followsHealth();

    /** A status and the content that came with it. */
    record Reply(int status, byte[] body) {}
}
