package dev.freefleet.brain;

import org.jspecify.annotations.Nullable;

/** What a Brain cannot do, in one sentence for a person: what happened, where, and what to do next. */
public final class BrainException extends RuntimeException {

    public BrainException(String message) {
        super(message);
    }

    public BrainException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
