package dev.freefleet.backup;

import java.util.List;

/**
 * What a prune did.
 *
 * @param packsBefore packs in the store before
 * @param bytesBefore their length
 * @param toTrash packs taken out of the index, to be deleted by a later prune
 * @param trashBytes their length
 * @param deleted packs deleted, which earlier prunes had taken out of the index
 * @param deletedBytes their length
 * @param repacked packs whose live chunks were put into new ones; among {@code toTrash}
 * @param rescued packs put back into the index because a snapshot needs them
 * @param notes what is worth knowing
 */
public record PruneReport(
        int packsBefore,
        long bytesBefore,
        int toTrash,
        long trashBytes,
        int deleted,
        long deletedBytes,
        int repacked,
        int rescued,
        List<Problem> notes) {}
