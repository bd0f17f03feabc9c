package dev.freefleet.worker;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import java.util.Map;
import java.util.Set;

/**
 * What the fleet has said last.
 *
 * @param keys what is to be known of keys, by id
 * @param imported keys that were made elsewhere, by the digest of their text
 * @param complete whether a key that is not among {@code keys} is valid as it says itself; else nothing is known of it
 * @param holdMillis how long this holds when the fleet does not answer
 * @param index the version of the Brain's index, or ""
 * @param brainStatus how the fleet finds the Brain: healthy, degraded, down or unknown
 * @param purges what answers are dead
 * @param hot the cache keys whose answers are worth a read of KV
 * @param wanted the cache keys whose answers the fleet wants to have, to put them there
 */
record FleetState(
        Map<Long, KeyState> keys,
        Map<String, KeyToken> imported,
        boolean complete,
        long holdMillis,
        String index,
        String brainStatus,
        Purges purges,
        Set<String> hot,
        Set<String> wanted) {
    boolean brainDown() {
        return brainStatus.equals("down");
    }
}
