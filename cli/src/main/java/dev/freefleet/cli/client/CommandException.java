package dev.freefleet.cli.client;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot do what it was asked; the message is one sentence for the person who gave it. Exit code 1, or 2
 * where what was asked is wrong in itself.
 */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean wrongUsage;

    public CommandException(String message) {
        this(message, null);
    }

    public CommandException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private CommandException(String message, @Nullable Throwable cause, boolean wrongUsage) {
        super(message, cause);
        this.wrongUsage = wrongUsage;
    }

    /** What was asked can never be done, whatever the state of the fleet. */
    public static CommandException wrongUsage(String message) {
        return new CommandException(message, null, true);
    }

    /** Whether what was asked is wrong in itself. */
    public boolean isWrongUsage() {
        return wrongUsage;
    }
}
