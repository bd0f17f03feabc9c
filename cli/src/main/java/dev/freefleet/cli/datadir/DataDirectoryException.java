package dev.freefleet.cli.datadir;

import org.jspecify.annotations.Nullable;

/** The data directory cannot be used; the message is one sentence for the person who named it. */
public final class DataDirectoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DataDirectoryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    DataDirectoryException(String message) {
        this(message, null);
    }
}
