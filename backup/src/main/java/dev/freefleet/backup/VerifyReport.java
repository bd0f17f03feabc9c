package dev.freefleet.backup;

import java.util.List;

/**
 * What a verification found.
 *
 * @param packs number of packs
 * @param packsRead number of packs of which every byte was read and checked
 * @param bytesRead length of those
 * @param snapshots ids of the snapshots whose lists were walked; of one that was made since, nothing is said
 * @param damage what is wrong, by object; empty if all is well
 * @param affected what of the snapshots it hits: {@code where} is the snapshot's id and the path; at most
 *     {@link BackupResult#MOST_PROBLEMS}
 * @param notes what is no damage but worth knowing, such as packs left by a run that was killed
 */
public record VerifyReport(
        int packs,
        int packsRead,
        long bytesRead,
        List<String> snapshots,
        List<Problem> damage,
        List<Problem> affected,
        List<Problem> notes) {
    /** Returns whether nothing is wrong. */
    public boolean isSound() {
        return damage.isEmpty() && affected.isEmpty();
    }
}
