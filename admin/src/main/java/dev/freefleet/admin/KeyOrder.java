package dev.freefleet.admin;

import dev.freefleet.data.NewKey;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import io.helidon.webserver.http.ServerRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a request to make a key asks for, checked against what there is. */
record KeyOrder(
        String user,
        String name,
        String plan,
        Set<String> scopes,
        @Nullable RateLimit rate,
        List<Quota> quotas,
        @Nullable Instant expiresAt) {
    private static final Set<String> MEMBERS = Set.of("user", "name", "plan", "scopes", "rate", "quotas", "expires_at");

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    static KeyOrder read(ServerRequest request, Accounts accounts) {
        Body body = Body.read(request, MEMBERS);
        String plan = body.textOrNull("plan");
        String rate = body.textOrNull("rate");
        return new KeyOrder(
                body.text("user"),
                body.text("name"),
                plan == null ? "default" : known(plan, accounts.plans(), "plan"),
                scopes(body.texts("scopes"), accounts.routes()),
                rate == null ? null : parsed(rate, Limits::rate),
                body.texts("quotas").stream()
                        .map(quota -> parsed(quota, Limits::quota))
                        .toList(),
                expiry(body.textOrNull("expires_at")));
    }

    NewKey forOwner(long userId) {
        return new NewKey(userId, name, plan, scopes, rate, quotas, expiresAt);
    }

    private static Set<String> scopes(List<String> names, Set<String> routes) {
        names.forEach(name -> known(name, routes, "route"));
        return Set.copyOf(names);
    }

    private static String known(String name, Set<String> names, String kind) {
        if (!names.contains(name)) {
            throw Body.invalid("There is no " + kind + " named \"" + name + "\"; there are "
                    + String.join(", ", new TreeSet<>(names)) + ".");
        }
        return name;
    }

    private static <T> T parsed(String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw Body.invalid("\"" + text + "\" " + e.getMessage() + ".");
        }
    }

    /** Keys carry their end in whole minutes: it is rounded up to the next. */
    private static @Nullable Instant expiry(@Nullable String text) {
        try {
            if (text == null) {
                return null;
            }
            Instant written = Instant.parse(text);
            if (written.isAfter(LATEST)) {
                throw Body.invalid(
                        "A key cannot end later than " + LATEST + "; leave the time out for one that never does.");
            }
            Instant minute = written.truncatedTo(ChronoUnit.MINUTES);
            return minute.equals(written) ? minute : minute.plus(1, ChronoUnit.MINUTES);
        } catch (DateTimeException e) {
            throw Body.invalid("\"" + text + "\" is not a time; write it as in RFC 3339, e.g. 2027-01-31T00:00:00Z.");
        }
    }
}
