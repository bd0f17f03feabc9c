package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What the data plane throws: one sentence that says what happened, where, and what to do next, fit to be shown to a
 * person. It never holds a password, a key or a question's text.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What a caller can do about it. */
    public enum Kind {
        /** A value that was given is not allowed; nothing was changed. */
        INVALID,
        /** What should be made exists already, or its owner is disabled; nothing was changed. */
        CONFLICT,
        /** Nothing has the given id or name. */
        NOT_FOUND,
        /** PostgreSQL cannot be reached or did not answer in time; the same call may succeed later. */
        UNAVAILABLE,
        /** The database or its directory cannot be used as it is configured; a person must act. */
        UNUSABLE
    }

    /** @param cause what it came from, or null */
    public DataException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = requireNonNull(kind, "kind");
    }

    public DataException(Kind kind, String message) {
        this(kind, message, null);
    }

    public Kind kind() {
        return kind;
    }
}
