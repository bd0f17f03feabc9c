package dev.freefleet.bench.load;

/** A peer answered what is no HTTP/1.1, or not at all. */
public class LoadException extends RuntimeException {
    public LoadException(String message) {
        super(message);
    }

    public LoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
