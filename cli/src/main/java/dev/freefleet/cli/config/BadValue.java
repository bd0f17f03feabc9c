package dev.freefleet.cli.config;

/** A text is no value of its type. The message goes on after the quoted text: {@code is not a rate; write e.g. 60/min}. */
final class BadValue extends RuntimeException {
    private final boolean hidden;

    BadValue(String message) {
        this(message, false);
    }

    private BadValue(String message, boolean hidden) {
        super(message);
        this.hidden = hidden;
    }

    /** The text holds a secret, though it is of a setting that holds none: it is not to be repeated. */
    static BadValue secret(String message) {
        return new BadValue(message, true);
    }

    boolean hidden() {
        return hidden;
    }
}
