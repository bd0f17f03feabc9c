package dev.freefleet.cli.up;

import dev.freefleet.admin.KeyMinter;
import dev.freefleet.cli.datadir.Secrets;
import dev.freefleet.data.ApiKey;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.NewKey;
import dev.freefleet.data.User;
import java.util.List;
import java.util.Set;

/** What happens once in a data directory: the user {@code owner} and its first key. */
final class FirstStart {
    static final String OWNER = "owner";
    private static final String NAME = "first key";

    private FirstStart() {}

    /** Makes the first key where it was not made yet. @return whether it was made now */
    static boolean run(DataPlane data, KeyMinter minter, Secrets secrets) {
        if (secrets.isFirstKeyMade()) {
            return false;
        }
        User owner = data.users().find(OWNER).orElseGet(() -> data.users().create(OWNER, null));
        revokeLost(data, owner);
        ApiKey key = data.keys().create(new NewKey(owner.id(), NAME, "default", Set.of(), null, List.of(), null));
        secrets.keepFirstKey(minter.mint(key));
        return true;
    }

    /** A first start that was killed between making the key and keeping it left one that nobody knows. */
    private static void revokeLost(DataPlane data, User owner) {
        data.keys().list(owner.id()).stream()
                .filter(key -> key.name().equals(NAME) && key.revokedAt() == null)
                .forEach(key -> data.keys().revoke(key.id()));
    }
}
