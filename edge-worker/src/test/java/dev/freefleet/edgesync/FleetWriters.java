package dev.freefleet.edgesync;

import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.gateway.HeldBody;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the fleet writes for edges elsewhere, for the tests of those who read it: its writers are nobody else's business. */
public final class FleetWriters {
    private static final int ROOM = 8 << 20;

    private FleetWriters() {}

    /** A purge as the fleet keeps it. */
    public record Purge(
            long at,
            @Nullable String route,
            @Nullable String tag,
            @Nullable String key) {}

    /** The content of a sync call. */
    public static byte[] sync(
            long holdMillis,
            String brainStatus,
            String index,
            KnownKeys.Known keys,
            long floor,
            List<Purge> purges,
            List<String> hot,
            List<String> wanted) {
        List<PurgeLog.Purge> last = purges.stream()
                .map(purge -> new PurgeLog.Purge(7, purge.at, purge.route, purge.tag, purge.key))
                .toList();
        return SyncContent.of(
                        new SyncContent.Facts(
                                holdMillis, brainStatus, index, keys, new PurgeLog.Purged(floor, last), hot, wanted),
                        ROOM)
                .json();
    }

    /** What an edge hands over as the fleet reads it, or null where it is none. */
    public static @Nullable StoredAnswer offered(byte[] content, long nowMillis) {
        return AnswerEnvelope.read(content, nowMillis) instanceof AnswerEnvelope.Read.Answer answer
                ? answer.stored()
                : null;
    }

    /** An answer as it is written into Workers KV. */
    public static byte[] answer(String cacheKey, StoredAnswer answer, byte[] content) {
        return AnswerEnvelope.of(cacheKey, answer, new HeldBody(content, answer.fields()));
    }
}
