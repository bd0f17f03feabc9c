package dev.freefleet.backup;

import java.util.List;

/**
 * What a restore did.
 *
 * @param files number of files restored whole
 * @param bytes bytes written
 * @param lost what could not be restored, or not whole: what is left of a file stands beside its place under its name with
 *     {@code .damaged} at the end, with zeros where bytes are lost; at most {@link BackupResult#MOST_PROBLEMS} of them
 * @param lostCount how many they are
 * @param notes what could not be made as it was, such as an owner or a device
 */
public record RestoreResult(long files, long bytes, List<Problem> lost, long lostCount, List<Problem> notes) {}
