package dev.freefleet.admin;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;

/**
 * Who makes a call, for the audit log, as they say it themselves in {@code X-Fleet-Actor}: all who have the token may do the
 * same, and the name tells them apart for those who tell the truth.
 */
final class Actor {
    private static final HeaderName FIELD = HeaderNames.create("X-Fleet-Actor");
    private static final String NAMELESS = "api";
    private static final int LONGEST = 64;

    private Actor() {}

    /** @throws Problem 400 if it is nothing that the log can hold */
    static String of(ServerRequest request) {
        String actor = request.headers().first(FIELD).orElse(NAMELESS).strip();
        boolean visible = actor.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        if (actor.isEmpty() || actor.length() > LONGEST || !visible) {
            throw Body.invalid("X-Fleet-Actor has 1 to " + LONGEST + " characters of ASCII.");
        }
        return actor;
    }
}
