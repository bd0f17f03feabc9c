package dev.freefleet.gateway;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A message that breaks HTTP's rules or the gateway's limits: it is answered with a status and a problem (RFC 9457), and
 * its connection is closed. Thrown without a stack trace, since an attacker decides how often.
 */
final class Refusal extends RuntimeException {
    private final int status;

    Refusal(int status, String detail) {
        super(detail, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    /** The problem as JSON. The detail is one of ours and never holds bytes of the request. */
    byte[] problem() {
        return problem(status, getMessage());
    }

    static byte[] problem(int status, @Nullable String detail) {
        String json = "{\"type\":\"about:blank\",\"title\":\"" + Statuses.reason(status) + "\",\"status\":" + status
                + ",\"detail\":\"" + detail + "\"}";
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
