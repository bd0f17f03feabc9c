package dev.freefleet.edgesync;

import dev.freefleet.edge.UsageEvent;
import java.util.List;
import java.util.UUID;

/** Where batches of usage are written, each once. Thread-safe; may block. */
public interface BatchIntake {
    /** Takes a batch; by when it returns, the batch is durable. @throws Away if it is not known what became of it */
    Taken take(UUID id, String edge, List<UsageEvent> events);

    /** What became of a batch. */
    enum Taken {
        WRITTEN,
        /** It was written before, and nothing was done. */
        SEEN
    }

    /** The database is away, or cannot be used. */
    final class Away extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Away(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
