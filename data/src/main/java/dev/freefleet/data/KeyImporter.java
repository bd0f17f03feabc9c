package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** One import of keys that were made elsewhere, in one transaction. */
final class KeyImporter {
    private final Handle handle;
    private final Instant now;
    private final LongSupplier ids;
    private final List<ImportResult.Problem> problems = new ArrayList<>();
    private final Set<String> newUsers = new TreeSet<>();
    /** By name; of those that are to be made, with the id 0. */
    private final Map<String, User> users = new HashMap<>();

    private final Map<String, String> digests = new HashMap<>();
    private final Set<String> names;

    KeyImporter(Handle handle, Instant now, LongSupplier ids) {
        this.handle = handle;
        this.now = now;
        this.ids = ids;
        // Other imports wait, so that what is looked up here still holds where it is written.
        handle.execute("lock table api_keys in share row exclusive mode");
        handle.createQuery("select * from users")
                .map((row, context) -> Users.user(row))
                .forEach(user -> users.put(user.name(), user));
        names =
                handle
                        .createQuery("""
                        select u.name as owner, k.name from api_keys k join users u on u.id = k.user_id
                        where k.revoked_at is null and k.replaced_by is null""")
                        .map((row, context) -> slot(row.getString("owner"), row.getString("name")))
                        .stream()
                        .collect(Collectors.toCollection(HashSet::new));
        handle.createQuery("""
                        select id, encode(digest, 'hex') as digest, revoked_at is not null as revoked
                        from api_keys where digest is not null""")
                .map((row, context) -> digests.put(
                        row.getString("digest"),
                        "as the key " + row.getLong("id") + (row.getBoolean("revoked") ? ", which is revoked" : "")))
                .list();
    }

    ImportResult run(List<KeyImport> imports, boolean makeUsers, boolean dry) {
        List<KeyImport> checked = new ArrayList<>(imports.size());
        for (int i = 0; i < imports.size(); i++) {
            try {
                checked.add(check(imports.get(i), makeUsers));
            } catch (DataException e) {
                problems.add(new ImportResult.Problem(i, String.valueOf(e.getMessage())));
            }
        }
        if (problems.isEmpty() && !dry) {
            write(checked);
        }
        return new ImportResult(imports.size(), List.copyOf(newUsers), problems);
    }

    private KeyImport check(KeyImport wanted, boolean makeUsers) {
        String owner = Names.checked(wanted.owner(), "user's name");
        NewKey key = KeyChecks.checked(wanted.key(), now);
        @Nullable User user = users.get(owner);
        if (user == null && !makeUsers) {
            throw new DataException(
                    DataException.Kind.NOT_FOUND,
                    "There is no user named \"" + owner + "\"; make the user first, or let the import make users.");
        }
        if (user == null) {
            newUsers.add(owner);
        } else if (user.disabledAt() != null) {
            throw KeyChecks.conflict("The user \"" + owner + "\" is disabled and can have no new keys.");
        }
        if (!names.add(slot(owner, key.name()))) {
            throw KeyChecks.conflict(
                    "The user \"" + owner + "\" has a key named \"" + key.name() + "\" already; choose another name.");
        }
        @Nullable String taken = digests.put(HexFormat.of().formatHex(wanted.sha256()), "further up");
        if (taken != null) {
            throw KeyChecks.conflict("This key was imported already, " + taken + ".");
        }
        return new KeyImport(owner, wanted.sha256(), key);
    }

    private void write(List<KeyImport> imports) {
        if (imports.isEmpty()) {
            return;
        }
        for (String name : newUsers) {
            users.put(name, Users.insert(handle, name, null, now).orElseThrow());
        }
        PreparedBatch batch = handle.prepareBatch(KeyWrites.INSERT);
        Set<Long> taken = new HashSet<>(
                handle.createQuery("select id from api_keys").mapTo(Long.class).list());
        for (KeyImport one : imports) {
            long id = ids.getAsLong();
            while (!taken.add(id)) {
                id = ids.getAsLong();
            }
            NewKey key = one.key()
                    .ownedBy(requireNonNull(users.get(one.owner()), "owner").id());
            KeyWrites.imported(batch, id, key, one.sha256(), now).add();
        }
        batch.execute();
    }

    private static String slot(String owner, String key) {
        return owner + '\n' + key;
    }
}
