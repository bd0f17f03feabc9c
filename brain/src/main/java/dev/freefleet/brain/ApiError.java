package dev.freefleet.brain;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A refusal that a client is told: status, one sentence, perhaps what to do, perhaps headers. */
final class ApiError extends RuntimeException {

    private final int status;
    private final String error;
    private final @Nullable String details;
    private final transient Map<String, String> headers;

    ApiError(int status, String error, @Nullable String details, Map<String, String> headers) {
        super(error, null, false, false);
        this.status = status;
        this.error = requireNonNull(error, "error");
        this.details = details;
        this.headers = Map.copyOf(headers);
    }

    static ApiError badRequest(String error, String details) {
        return new ApiError(400, error, details, Map.of());
    }

    int status() {
        return status;
    }

    String error() {
        return error;
    }

    @Nullable
    String details() {
        return details;
    }

    Map<String, String> headers() {
        return headers;
    }
}
