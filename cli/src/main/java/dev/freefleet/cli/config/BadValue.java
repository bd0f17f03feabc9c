package dev.freefleet.cli.config;

/** A text is no value of its type. The message goes on after the quoted text: {@code is not a rate; write e.g. 60/min}. */
final class BadValue extends RuntimeException {
    BadValue(String message) {
        super(message);
    }
}
