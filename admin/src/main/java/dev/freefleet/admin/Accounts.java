package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import dev.freefleet.data.AuditLog;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.Keys;
import dev.freefleet.data.User;
import dev.freefleet.data.Users;
import io.helidon.http.Status;
import java.util.Set;

/**
 * What the API makes users and keys with.
 *
 * @param data where users and keys are kept
 * @param minter writes new keys
 * @param secrets what keys are signed with
 * @param routes the names that a key's scopes may have
 * @param privateRoutes those of them whose stored answers belong to single users or keys
 * @param plans the names of the plans that a key may have
 * @param changed run after each change and before it is answered, so that the gateway knows of it by then
 */
public record Accounts(
        DataPlane data,
        KeyMinter minter,
        Secrets secrets,
        Set<String> routes,
        Set<String> privateRoutes,
        Set<String> plans,
        Runnable changed) {
    public Accounts {
        requireNonNull(data, "data");
        requireNonNull(minter, "minter");
        requireNonNull(secrets, "secrets");
        routes = Set.copyOf(routes);
        privateRoutes = Set.copyOf(privateRoutes);
        plans = Set.copyOf(plans);
        requireNonNull(changed, "changed");
    }

    Users users() {
        return data.users();
    }

    Keys keys() {
        return data.keys();
    }

    AuditLog audit() {
        return data.audit();
    }

    /** The user of that name. @throws Problem 404 */
    User owner(String name) {
        return users().find(name)
                .orElseThrow(() -> new Problem(
                        Status.NOT_FOUND_404,
                        "There is no user named \"" + name + "\"; make it with: ./fleet users create " + name));
    }
}
