package dev.freefleet.admin;

/** The admin port cannot be opened; the message is one sentence for the person who runs it. */
public final class AdminException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AdminException(String message) {
        super(message);
    }
}
