package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.Keys;
import dev.freefleet.data.Users;
import java.util.Set;

/**
 * What the API makes users and keys with.
 *
 * @param users where users are kept
 * @param keys where keys are kept
 * @param minter writes new keys
 * @param routes the names that a key's scopes may have
 * @param plans the names of the plans that a key may have
 * @param changed run after each change and before it is answered, so that the gateway knows of it by then
 */
public record Accounts(
        Users users, Keys keys, KeyMinter minter, Set<String> routes, Set<String> plans, Runnable changed) {
    public Accounts {
        requireNonNull(users, "users");
        requireNonNull(keys, "keys");
        requireNonNull(minter, "minter");
        routes = Set.copyOf(routes);
        plans = Set.copyOf(plans);
        requireNonNull(changed, "changed");
    }
}
