package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who asks: the part of an exchange that reads a key and has its signature checked. No database is asked. */
final class Identification implements Phase {
    private static final String REFUSED =
            "The key is not valid. Send a valid one in X-API-Key or Authorization: Bearer.";
    private static final String EXPIRED = "The key has expired. Ask the fleet's owner for a new one.";
    private static final String MISSING = "This path needs a key in X-API-Key or Authorization: Bearer.";

    /** The longest imported key that is digested, in characters. */
    private static final int MAX_IMPORTED = 512;

    private final Call call;
    private final @Nullable KeyToken claimed;
    private final String detail;

    private Identification(Call call, @Nullable KeyToken claimed, String detail) {
        this.call = call;
        this.claimed = claimed;
        this.detail = detail;
    }

    static Next begin(Call call, Credentials credentials) {
        return switch (credentials) {
            case Credentials.None() -> Next.last(unauthorized(call, MISSING));
            case Credentials.Conflict() -> refuse(call, REFUSED);
            case Credentials.One(String text) ->
                switch (call.request.fields().asked().key(text)) {
                    case KeyFormat.Parsed.Malformed() -> imported(call, text);
                    case KeyFormat.Parsed.Key key ->
                        new Next(call.request.fields().asked().verify(key), new Identification(call, key.token(), ""));
                };
        };
    }

    @Override
    public Next on(Event event) {
        if (claimed == null) {
            if (!(event instanceof Event.AllowancesTaken(List<Gcra.Taken> results))) {
                throw Call.unexpected(event, "AllowancesTaken");
            }
            Next tooMany = Limits.refusal(call, results);
            return tooMany != null ? tooMany : Next.last(unauthorized(call, detail));
        }
        if (!(event instanceof Event.KeyVerified(boolean valid))) {
            throw Call.unexpected(event, "KeyVerified");
        }
        return valid ? accept(call, claimed) : refuse(call, REFUSED);
    }

    /** A text that is no key of the fleet's own may be one that was made elsewhere: only its digest is known. */
    private static Next imported(Call call, String text) {
        if (call.edge.imported().isEmpty() || text.isEmpty() || text.length() > MAX_IMPORTED) {
            return refuse(call, REFUSED);
        }
        return new Next(new Step.Digest(text.getBytes(StandardCharsets.UTF_8)), event -> {
            if (!(event instanceof Event.Digested(byte[] sha256))) {
                throw Call.unexpected(event, "Digested");
            }
            KeyToken token = call.edge.imported().get(Ascii.hex(sha256, sha256.length));
            return token == null ? refuse(call, REFUSED) : accept(call, token);
        });
    }

    private static Next accept(Call call, KeyToken token) {
        Caller caller = call.request.fields().asked().caller(call.edge, call.route(), token);
        KeyState state = caller.state();
        if (state != null && state.revoked()) {
            return refuse(call, REFUSED);
        }
        if (state != null && state.validUntilMillis() != 0 && call.nowMillis() >= state.validUntilMillis()) {
            return refuse(call, EXPIRED);
        }
        if (token.expiresMillis() != 0 && call.request.timeMillis() >= token.expiresMillis()) {
            return refuse(call, EXPIRED);
        }
        call.token = token;
        call.caller = caller;
        String route = call.route().name();
        if (state != null && !state.scopes().isEmpty() && !state.scopes().contains(route)) {
            return Next.last(call.problem(403, "The key may not be used for the route \"" + route + "\"."));
        }
        if (state != null && !state.allows(call.address)) {
            return Next.last(call.problem(403, "The key may not be used from this address."));
        }
        return Limits.begin(call);
    }

    /** A refused key counts against its sender's address: 401, and past {@link EdgePolicy#refusedKeyRate} 429. */
    private static Next refuse(Call call, String detail) {
        Step take = new Step.TakeAllowances(List.of(refusedKeys(call, 1)));
        return new Next(take, new Identification(call, null, detail));
    }

    static Step.Allowance refusedKeys(Call call, int cost) {
        return new Step.Allowance("refused:" + call.bucket, call.edge.policy().refusedKeyRate(), cost);
    }

    private static Step.Respond unauthorized(Call call, String detail) {
        return call.problem(401, detail, Fields.of("www-authenticate", "Bearer realm=\"fleet\""));
    }
}
