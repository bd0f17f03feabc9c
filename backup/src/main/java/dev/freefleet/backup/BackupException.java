package dev.freefleet.backup;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of the backup repository. Its message says what happened, where, and what to do next; its
 * {@link #reason()} is what a program decides by, and {@link #object()} names the object of the store that it is about.
 */
public final class BackupException extends RuntimeException {
    private final Reason reason;
    private final @Nullable String object;

    /** Why an operation failed. */
    public enum Reason {
        /** No key slot opens with the passphrase or key file given. */
        WRONG_KEY,
        /** Bytes are not what was written: bit rot, truncation, or another repository's object. */
        DAMAGED,
        /** An object or a chunk that is needed is not there. */
        MISSING,
        /** The store does not answer, or answers with errors after all retries. */
        STORE_UNAVAILABLE,
        /** The store, or the cap set on it, has no room. */
        STORE_FULL,
        /** The request budget is used up. */
        BUDGET_EXHAUSTED,
        /** The source could not be read to its end, or was not what it promised. */
        SOURCE_FAILED,
        /** There is no repository in the store. */
        NO_REPOSITORY,
        /** Something stands where a new thing should be written. */
        ALREADY_EXISTS,
        /** The repository was written by a newer version. */
        UNSUPPORTED_VERSION,
        /** What was asked is not allowed, such as a deletion in append-only mode. */
        REFUSED,
        /** The caller asked to stop. */
        CANCELLED
    }

    /**
     * @param reason why it failed
     * @param message what happened, where, and what to do next
     */
    public BackupException(Reason reason, String message) {
        this(reason, null, message, null);
    }

    /**
     * @param reason why it failed
     * @param object name of the store's object concerned, or null
     * @param message what happened, where, and what to do next
     * @param cause the failure underneath, or null
     */
    public BackupException(Reason reason, @Nullable String object, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason");
        this.object = object;
    }

    /** Returns why it failed. */
    public Reason reason() {
        return reason;
    }

    /** Returns the name of the store's object concerned, or null if it is about none. */
    public @Nullable String object() {
        return object;
    }

    /**
     * Returns an exception of reason {@link Reason#DAMAGED}.
     *
     * @param object name of the object whose bytes are wrong
     * @param what what is wrong with them
     */
    public static BackupException damaged(String object, String what) {
        return new BackupException(Reason.DAMAGED, object, object + " is damaged: " + what, null);
    }
}
