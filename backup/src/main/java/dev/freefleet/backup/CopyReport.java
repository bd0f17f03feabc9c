package dev.freefleet.backup;

import java.util.List;

/**
 * What was sent to another repository.
 *
 * @param copied the snapshots that it has now, and had not
 * @param bytes how many bytes were stored there
 * @param unreadable what could not be sent, since it is damaged here too: {@code where} is the snapshot's id, and the path where it is known; at
 *     most {@link BackupResult#MOST_PROBLEMS}
 */
public record CopyReport(List<StoredSnapshot> copied, long bytes, List<Problem> unreadable) {}
