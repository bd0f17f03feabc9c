package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/**
 * What a request's fields say to the edge, read once for all requests that have the very same ones: a shell that remembers
 * what a client sent before hands the same object over. Each is read when it is first needed, so that nothing is read
 * before the request was let so far. Thread-safe: who races reads the same.
 */
final class RequestFacts {
    private final Fields fields;
    private @Nullable Credentials credentials;
    private KeyFormat.@Nullable Parsed key;
    private Step.@Nullable VerifyKey verify;
    private @Nullable RequestDirectives directives;
    private @Nullable Caller caller;

    RequestFacts(Fields fields) {
        this.fields = fields;
    }

    /** Who they say sends them. */
    Credentials credentials() {
        Credentials known = credentials;
        if (known == null) {
            known = Credentials.of(fields);
            credentials = known;
        }
        return known;
    }

    /** The text of {@link #credentials} as a fleet key. */
    KeyFormat.Parsed key(String text) {
        KeyFormat.Parsed known = key;
        if (known == null) {
            known = KeyFormat.parse(text);
            key = known;
        }
        return known;
    }

    /** The step that checks this key, which is that of {@link #key}: the same object each time. */
    Step.VerifyKey verify(KeyFormat.Parsed.Key parsed) {
        Step.VerifyKey known = verify;
        if (known == null) {
            known = new Step.VerifyKey(parsed.token().secretVersion(), parsed.signed(), parsed.mac());
            verify = known;
        }
        return known;
    }

    /** What they want of caches. */
    RequestDirectives directives() {
        RequestDirectives known = directives;
        if (known == null) {
            known = RequestDirectives.of(fields);
            directives = known;
        }
        return known;
    }

    /** What holds for this key on this route; worked out anew where anything of it is not what it was the last time. */
    Caller caller(EdgeState edge, Route route, KeyToken token) {
        Caller known = caller;
        if (known == null || !known.isOf(edge, route, token)) {
            known = new Caller(edge, route, token);
            caller = known;
        }
        return known;
    }
}
