package dev.freefleet.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who asks: the part of an exchange that reads a key and has its signature checked. No database is asked. */
final class Identification implements Phase {
    private static final String REFUSED =
            "The key is not valid. Send a valid one in X-API-Key or Authorization: Bearer.";
    private static final String EXPIRED = "The key has expired. Ask the fleet's owner for a new one.";
    private static final String MISSING = "This path needs a key in X-API-Key or Authorization: Bearer.";

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
                switch (KeyFormat.parse(text)) {
                    case KeyFormat.Parsed.Malformed() -> refuse(call, REFUSED);
                    case KeyFormat.Parsed.Key(var token, var signed, var mac) ->
                        new Next(
                                new Step.VerifyKey(token.secretVersion(), signed, mac),
                                new Identification(call, token, ""));
                };
        };
    }

    @Override
    public Next on(Event event) {
        if (claimed == null) {
            if (!(event instanceof Event.AllowancesTaken)) {
                throw Call.unexpected(event, "AllowancesTaken");
            }
            return Next.last(unauthorized(call, detail));
        }
        if (!(event instanceof Event.KeyVerified(boolean valid))) {
            throw Call.unexpected(event, "KeyVerified");
        }
        return valid ? accept(claimed) : refuse(call, REFUSED);
    }

    private Next accept(KeyToken token) {
        KeyState state = call.edge.keys().get(token.keyId());
        if (state != null && state.revoked()) {
            return refuse(call, REFUSED);
        }
        if (token.expiresMillis() != 0 && call.request.timeMillis() >= token.expiresMillis()) {
            return refuse(call, EXPIRED);
        }
        call.token = token;
        String route = call.route().name();
        if (state != null && !state.scopes().isEmpty() && !state.scopes().contains(route)) {
            return Next.last(call.problem(403, "The key may not be used for the route \"" + route + "\"."));
        }
        return Limits.begin(call);
    }

    /** A refused key counts against its sender's address, and is then answered like every other refused key. */
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
