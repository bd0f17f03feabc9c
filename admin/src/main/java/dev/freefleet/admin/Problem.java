package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import io.helidon.http.Status;

/** A request is answered with an error; the message is its {@code detail} (RFC 9457 section 3.1.4). */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;
    private final String detail;

    Problem(Status status, String detail) {
        super(detail, null, false, false);
        this.detail = requireNonNull(detail, "detail");
        this.status = requireNonNull(status, "status");
    }

    String detail() {
        return detail;
    }

    Status status() {
        return status;
    }
}
