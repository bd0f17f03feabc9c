package dev.freefleet.admin;

import dev.freefleet.data.NewKey;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what a key is to be, checked against the routes and plans that there are. */
final class KeyOrder {
    /** What may be said of a key beside its owner. */
    static final Set<String> SETTINGS =
            Set.of("name", "plan", "scopes", "rate", "quotas", "addresses", "max_concurrent", "expires_at");

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final Accounts accounts;

    KeyOrder(Accounts accounts) {
        this.accounts = accounts;
    }

    /** A new key: what is not said is the plan's. */
    NewKey read(Body body, long userId) {
        return changed(
                new NewKey(
                        userId,
                        body.text("name"),
                        NewKey.DEFAULT_PLAN,
                        Set.of(),
                        null,
                        List.of(),
                        null,
                        List.of(),
                        0,
                        accounts.secrets().current()),
                body);
    }

    /** What the body says of a key; what it does not say stays, and what is null is the plan's, or unlimited. */
    NewKey changed(NewKey key, Body body) {
        return new NewKey(
                key.userId(),
                body.has("name") ? body.text("name") : key.name(),
                body.has("plan") ? plan(body.textOrNull("plan")) : key.plan(),
                body.has("scopes") ? scopes(body.texts("scopes")) : key.scopes(),
                body.has("rate") ? rate(body.textOrNull("rate")) : key.rate(),
                body.has("quotas") ? quotas(body.texts("quotas")) : key.quotas(),
                body.has("expires_at") ? expiry(body.textOrNull("expires_at")) : key.expiresAt(),
                body.has("addresses") ? body.texts("addresses") : key.addresses(),
                body.has("max_concurrent") ? concurrent(body.numberOrNull("max_concurrent")) : key.maxConcurrent(),
                key.secretVersion());
    }

    private String plan(@Nullable String name) {
        return name == null ? NewKey.DEFAULT_PLAN : known(name, accounts.plans(), "plan");
    }

    private Set<String> scopes(List<String> names) {
        names.forEach(name -> known(name, accounts.routes(), "route"));
        return Set.copyOf(names);
    }

    private static String known(String name, Set<String> names, String kind) {
        if (!names.contains(name)) {
            throw Body.invalid("There is no " + kind + " named \"" + name + "\"; there are "
                    + String.join(", ", new TreeSet<>(names)) + ".");
        }
        return name;
    }

    private static @Nullable RateLimit rate(@Nullable String text) {
        return text == null ? null : parsed(text, Limits::rate);
    }

    private static List<Quota> quotas(List<String> texts) {
        return texts.stream().map(quota -> parsed(quota, Limits::quota)).toList();
    }

    private static <T> T parsed(String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw Body.invalid("\"" + text + "\" " + e.getMessage() + ".");
        }
    }

    private static int concurrent(@Nullable Long number) {
        if (number == null) {
            return 0;
        }
        if (number < 1 || number > 10_000) {
            throw Body.invalid("max_concurrent is 1 to 10000 requests at once, and not " + number + ".");
        }
        return number.intValue();
    }

    /** Keys carry their end in whole minutes: it is rounded up to the next. */
    static @Nullable Instant expiry(@Nullable String text) {
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
