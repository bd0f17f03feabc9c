package dev.freefleet.cli.up;

import dev.freefleet.admin.KeyMinter;
import dev.freefleet.cli.datadir.Secrets;
import dev.freefleet.data.DataException;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.NewKey;
import dev.freefleet.data.User;
import dev.freefleet.edge.KeyFormat;
import dev.freefleet.edge.KeyToken;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens once in a data directory: the user {@code owner} and its first key, where the database has no key yet. Where it
 * has some, they are another fleet's, or this one's from before it lost its data directory: nothing is made and nothing
 * revoked. The key's text is kept in the transaction that makes it, so that a death leaves no key that nobody knows.
 */
final class FirstStart {
    static final String OWNER = "owner";
    private static final String NAME = "first key";
    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    private FirstStart() {}

    /** Makes the first key where it was not made yet. @return whether it was made now */
    static boolean run(DataPlane data, KeyMinter minter, int secretVersion, Secrets secrets) {
        if (secrets.isFirstKeyMade()) {
            return false;
        }
        boolean ours =
                data.keys().list().isEmpty() ? make(data, minter, secretVersion, secrets) : isThere(data, secrets);
        if (!ours) {
            LOG.warn(
                    "The database has keys already, so no first key was made. This fleet accepts keys that its own signing"
                            + " secrets signed, and no others. If another fleet uses this database, stop this one and copy"
                            + " that one's secrets to its data directory; if the secrets are lost, make new keys with"
                            + " ./fleet keys create.");
        }
        secrets.endFirstStart();
        return ours;
    }

    /** @return false if another fleet, which started at the same moment, has made one */
    private static boolean make(DataPlane data, KeyMinter minter, int secretVersion, Secrets secrets) {
        try {
            User owner = owner(data);
            data.keys()
                    .create(
                            new NewKey(
                                    owner.id(),
                                    NAME,
                                    "default",
                                    Set.of(),
                                    null,
                                    List.of(),
                                    null,
                                    List.of(),
                                    0,
                                    secretVersion),
                            key -> secrets.keepFirstKey(minter.mint(key)));
            return true;
        } catch (DataException e) {
            if (e.kind() != DataException.Kind.CONFLICT) {
                throw e;
            }
            return isThere(data, secrets);
        }
    }

    private static User owner(DataPlane data) {
        return data.users().find(OWNER).orElseGet(() -> data.users().create(OWNER, null));
    }

    /** Whether the key that is kept here was made: a first start was killed before it could say that it is done. */
    private static boolean isThere(DataPlane data, Secrets secrets) {
        @Nullable String kept = secrets.firstKey();
        return kept != null
                && KeyFormat.parse(kept) instanceof KeyFormat.Parsed.Key(KeyToken token, var _, var _)
                && data.keys().list().stream().anyMatch(key -> key.id() == token.keyId());
    }
}
