package dev.freefleet.edgesync;

import org.jspecify.annotations.Nullable;

/** Workers KV did not do what it was asked; the message says what happened and what to do, and holds no secret. */
public final class KvException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KvException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    KvException(String message) {
        this(message, null);
    }
}
