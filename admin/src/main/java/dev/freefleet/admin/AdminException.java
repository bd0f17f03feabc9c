package dev.freefleet.admin;

/** The admin port cannot be opened, or cannot do what it was asked; the message is one sentence for the person who asks. */
public final class AdminException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AdminException(String message) {
        super(message);
    }
}
