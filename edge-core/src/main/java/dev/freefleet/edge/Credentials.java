package dev.freefleet.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request shows to say who sends it. */
sealed interface Credentials {
    /** Nothing that could be a key. */
    record None() implements Credentials {}

    /** One text, which may be a key. */
    record One(String text) implements Credentials {}

    /** Several: which of them counts is not ours to guess. */
    record Conflict() implements Credentials {}

    /** Reads {@code X-API-Key} and {@code Authorization: Bearer} (RFC 6750 section 2.1). */
    static Credentials of(Fields fields) {
        List<String> keys = fields.all("x-api-key");
        List<String> authorizations = fields.all("authorization");
        if (keys.size() > 1 || authorizations.size() > 1) {
            return new Conflict();
        }
        String bearer = authorizations.isEmpty() ? null : bearer(authorizations.getFirst());
        if (keys.isEmpty()) {
            return bearer == null ? new None() : new One(bearer);
        }
        String key = Ascii.trim(keys.getFirst());
        return bearer != null && !bearer.equals(key) ? new Conflict() : new One(key);
    }

    /** The token of a Bearer field, or null where the field is of another scheme. */
    private static @Nullable String bearer(String authorization) {
        String scheme = "bearer";
        return authorization.length() > scheme.length()
                        && Ascii.lower(authorization.substring(0, scheme.length()))
                                .equals(scheme)
                        && Ascii.isBlank(authorization.charAt(scheme.length()))
                ? Ascii.trim(authorization.substring(scheme.length()))
                : null;
    }
}
