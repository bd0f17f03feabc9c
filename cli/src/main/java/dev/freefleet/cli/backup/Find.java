package dev.freefleet.cli.backup;

import dev.freefleet.backup.StoredSnapshot;
import java.util.List;

/** Finds the snapshot that a person means. */
final class Find {
    private Find() {}

    /**
     * The snapshot whose id begins so, the newest one of a source of that name, or the newest of all for {@code latest}.
     *
     * @throws dev.freefleet.backup.BackupException if there is none, or several
     */
    static StoredSnapshot snapshot(Stores.Open open, String written) {
        List<StoredSnapshot> ofSource = open.repository().list().stream()
                .filter(s -> s.snapshot().source().equals(written))
                .toList();
        return ofSource.isEmpty() ? open.repository().find(written) : ofSource.getLast();
    }
}
