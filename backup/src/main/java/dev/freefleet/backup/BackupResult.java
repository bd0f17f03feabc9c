package dev.freefleet.backup;

import java.util.List;

/**
 * What a backup did.
 *
 * @param stored the snapshot
 * @param problems files that could not be read, at most {@link #MOST_PROBLEMS} of them; the snapshot has all else
 */
public record BackupResult(StoredSnapshot stored, List<Problem> problems) {
    /** Most problems that are told one by one. */
    public static final int MOST_PROBLEMS = 1000;
}
