package dev.freefleet.data.archive;

import dev.freefleet.data.DataException;
import dev.freefleet.data.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes archives anew without a user, and takes the text off questions that no archived request asks any more. The new object has
 * another name; the entry in PostgreSQL moves from the one to the other, and last the old one is deleted. So are, in the end, those
 * that a death in between has left.
 */
final class Forgetting {
    private static final LocalDate FIRST = LocalDate.EPOCH;
    private static final LocalDate LAST = LocalDate.of(10_000, 1, 1);

    private final Database database;
    private final ArchiveStore store;
    private final WorkFolder work;
    private final Leftovers leftovers;

    Forgetting(Database database, ArchiveStore store, WorkFolder work, Leftovers leftovers) {
        this.database = database;
        this.store = store;
        this.work = work;
        this.leftovers = leftovers;
    }

    /** @param done objects that were gone through before, and need not be fetched again; those of this time are added */
    Archives.Forgotten forget(long userId, boolean dry, Set<String> done) throws IOException {
        long theirs = 0;
        int questions = 0;
        int unknown = 0;
        List<Exception> failures = new ArrayList<>();
        for (Catalogue.Entry entry : entries()) {
            try {
                if (!done.contains(entry.object())) {
                    Archives.Forgotten one = forget(userId, entry, dry, done);
                    theirs += one.requests();
                    questions += one.questions();
                }
            } catch (IOException | SQLException | RuntimeException e) {
                failures.add(e); // the others are gone through all the same
                if (!isConnected()) {
                    break; // and the lock is lost: each of the others would be fetched for nothing
                }
            }
        }
        if (!dry) {
            try {
                unknown = leftovers.sweep().kept();
            } catch (IOException | RuntimeException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw Archives.failed(failures);
        }
        return new Archives.Forgotten(theirs, questions, unknown);
    }

    private boolean isConnected() {
        try {
            return database.query(
                    h -> h.createQuery("select true").mapTo(Boolean.class).one());
        } catch (DataException e) {
            return false;
        }
    }

    private List<Catalogue.Entry> entries() {
        return database.query(h -> Catalogue.entries(h, FIRST, LAST));
    }

    private Archives.Forgotten forget(long userId, Catalogue.Entry entry, boolean dry, Set<String> done)
            throws IOException, SQLException {
        Path old = work.file(".parquet");
        Path anew = work.file(".parquet");
        Path back = work.file(".parquet");
        try (Parquet parquet = new Parquet(work.path())) {
            if (!store.get(entry.object(), old) || !Arrays.equals(Digests.sha256(old), entry.sha256())) {
                throw new IOException(entry.object() + " is gone or damaged; restore it and try again");
            }
            long theirs = parquet.count(old, userId);
            // Of every part, also of those in which the user has none: others may have been forgotten before it was
            // written.
            List<String> unasked = unasked(parquet, userId, entry, old);
            String without = theirs > 0 && !dry ? writeAnew(parquet, userId, entry, old, anew, back) : entry.object();
            if (!dry) {
                removeTexts(entry, unasked);
            }
            done.add(without);
            return new Archives.Forgotten(theirs, unasked.size(), 0);
        } finally {
            Files.deleteIfExists(old);
            Files.deleteIfExists(anew);
            Files.deleteIfExists(back);
        }
    }

    /** Digests of questions that are shown with their text, though nobody but the user asked them. */
    private List<String> unasked(Parquet parquet, long userId, Catalogue.Entry entry, Path file) throws SQLException {
        List<String> shown = database.query(h -> h.createQuery("""
                        select encode(query_digest, 'hex') from queries_top where day = :day and part = :part
                            and query_text is not null and only_user_id is distinct from :user""")
                .bind("day", entry.day())
                .bind("part", entry.part())
                .bind("user", userId)
                .mapTo(String.class)
                .list());
        Set<String> asked = shown.isEmpty() ? Set.of() : parquet.asked(file, shown, userId);
        return shown.stream().filter(digest -> !asked.contains(digest)).toList();
    }

    private void removeTexts(Catalogue.Entry entry, List<String> digests) {
        if (!digests.isEmpty()) {
            database.query(h -> h.createUpdate("""
                            update queries_top set query_text = null
                            where day = :day and part = :part and encode(query_digest, 'hex') = any(:digests)""")
                    .bind("day", entry.day())
                    .bind("part", entry.part())
                    .bindArray("digests", String.class, digests)
                    .execute());
        }
    }

    /** @return the new object */
    private String writeAnew(Parquet parquet, long userId, Catalogue.Entry entry, Path old, Path anew, Path back)
            throws IOException, SQLException {
        parquet.copyWithout(userId, old, anew);
        String object = Catalogue.next(store, entry.day(), entry.part());
        store.put(object, anew);
        byte[] sha256 = Digests.sha256(anew);
        if (!store.get(object, back) || !Arrays.equals(Digests.sha256(back), sha256)) {
            throw new IOException("what was stored as " + object + " does not come back as it was");
        }
        compare(parquet, userId, entry.day(), old, back);
        Catalogue.Entry moved =
                new Catalogue.Entry(entry.day(), entry.part(), object, Files.size(back), sha256, entry.requests());
        database.transaction(h -> {
            Catalogue.replace(h, moved);
            return moved;
        });
        // Each of its requests was just found in the other.
        store.delete(entry.object());
        return object;
    }

    private static void compare(Parquet parquet, long userId, LocalDate day, Path old, Path anew) throws SQLException {
        try (Rows before = parquet.read(old, Selection.all(day));
                Rows after = parquet.read(anew, Selection.all(day))) {
            @Nullable Row row = before.next();
            while (row != null) {
                boolean theirs = row.userId() != null && row.userId() == userId;
                if (!(theirs ? row.withoutUser() : row).equals(after.next())) {
                    throw differs(day);
                }
                row = before.next();
            }
            if (after.next() != null) {
                throw differs(day);
            }
        }
    }

    private static DataException differs(LocalDate day) {
        return new DataException(
                DataException.Kind.UNUSABLE,
                "The archive of " + day + " could not be written anew as it was; the old one is kept.");
    }
}
