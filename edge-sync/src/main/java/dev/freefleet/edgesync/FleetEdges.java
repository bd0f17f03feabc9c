package dev.freefleet.edgesync;

import dev.freefleet.edge.Fields;
import dev.freefleet.gateway.RemoteEdges;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the calls of edges elsewhere. Thread-safe. */
public final class FleetEdges implements RemoteEdges {
    private static final Logger log = LoggerFactory.getLogger(FleetEdges.class);
    private static final byte[] NONE = new byte[0];
    private static final String AWAY_SECONDS = "5";

    private final Config config;
    private final KnownKeys keys;
    private final PurgeLog purges;
    private final BatchIntake intake;
    private final EdgeMeters meters;
    private final Pace pace;
    private volatile Supplier<Brain> brain = () -> new Brain("unknown", "");
    private volatile List<String> hot = List.of();
    private volatile List<String> wanted = List.of();
    private volatile @Nullable OfferedAnswers offered;
    private volatile byte[] token = NONE;
    private volatile @Nullable Made made;

    /**
     * How edges are answered.
     *
     * @param pollMillis how long an edge waits between two syncs, 1,000 to 600,000
     * @param holdMillis how long an edge goes on without one, 60,000 (a minute) to 2,592,000,000 (30 days)
     * @param maxBytes the most that a sync has, 65,536 to 8 MiB
     * @param syncsPerSecond past which edges are told to wait longer, 1 to 1,000
     */
    public record Config(long pollMillis, long holdMillis, int maxBytes, int syncsPerSecond) {}

    /** How the Brain is, and the version of its index. */
    public record Brain(String status, String index) {}

    private record Made(SyncContent.Facts facts, SyncContent content) {}

    /** @param nanos a clock that only goes forward */
    public FleetEdges(
            Config config, KnownKeys keys, PurgeLog purges, BatchIntake intake, EdgeMeters meters, LongSupplier nanos) {
        this.config = config;
        this.keys = keys;
        this.purges = purges;
        this.intake = intake;
        this.meters = meters;
        pace = new Pace(config.pollMillis(), config.syncsPerSecond(), nanos);
    }

    /** Asks here how the Brain is. */
    public void watch(Supplier<Brain> source) {
        brain = source;
    }

    /** Calls with this token are an edge's from now on; "": no call is. */
    public void token(String shown) {
        token = shown.getBytes(StandardCharsets.UTF_8);
    }

    /** These answers are in KV and worth a read. */
    void hot(List<String> cacheKeys) {
        hot = List.copyOf(cacheKeys);
        meters.hot(cacheKeys.size());
    }

    /** The purges that edges are told of. */
    PurgeLog purges() {
        return purges;
    }

    /** Takes here what edges hand over. */
    void offered(OfferedAnswers answers) {
        offered = answers;
    }

    /** Edges should hand over their answers under these keys, which go to KV. */
    void wanted(List<String> cacheKeys) {
        wanted = List.copyOf(cacheKeys);
    }

    @Override
    public boolean knows(String shown) {
        byte[] right = token;
        return right.length > 0 && MessageDigest.isEqual(right, shown.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Answer sync(@Nullable String ifNoneMatch) {
        SyncContent content = content();
        // A tunnel that compresses may have made a weak tag of ours (RFC 9110 section 8.8.3), which says the same here.
        boolean known = ifNoneMatch != null && ifNoneMatch.contains('"' + content.tag() + '"');
        meters.synced(!known);
        Fields.Builder fields = Fields.builder()
                .add("etag", '"' + content.tag() + '"')
                .add("fleet-poll-after", Long.toString(pace.next()));
        return known
                ? new Answer(304, fields.build(), NONE)
                : new Answer(200, fields.add("content-type", "application/json").build(), content.json());
    }

    private SyncContent content() {
        Brain now = brain.get();
        SyncContent.Facts facts = new SyncContent.Facts(
                config.holdMillis(), now.status(), now.index(), keys.elsewhere(), purges.purged(), hot, wanted);
        Made last = made;
        if (last != null && last.facts.equals(facts)) {
            return last.content;
        }
        SyncContent content = SyncContent.of(facts, config.maxBytes());
        if (!content.complete() && (last == null || last.content.complete())) {
            log.error(
                    "What edges elsewhere have to know of keys exceeds {} bytes; keys that are left out are answered 503"
                            + " there until edge.sync-bytes is raised",
                    config.maxBytes());
        }
        meters.complete(content.complete());
        made = new Made(facts, content);
        return content;
    }

    @Override
    public Answer usage(@Nullable String batch, byte[] content) {
        UUID id = batch == null ? null : UsageContent.uuid(batch);
        if (id == null) {
            meters.batch(EdgeMeters.Batch.BAD, false, 0);
            return problem(400, "Bad Request", "Fleet-Batch must be a UUID.");
        }
        return switch (UsageContent.read(content)) {
            case UsageContent.Read.Bad(String detail) -> {
                meters.batch(EdgeMeters.Batch.BAD, false, 0);
                log.warn("The batch {} of an edge is not taken: {}", id, detail);
                yield problem(400, "Bad Request", detail);
            }
            case UsageContent.Read.Batch read -> taken(id, read);
        };
    }

    private Answer taken(UUID id, UsageContent.Read.Batch read) {
        try {
            switch (intake.take(id, read.edge(), read.events())) {
                case WRITTEN -> {
                    meters.batch(EdgeMeters.Batch.WRITTEN, false, read.events().size());
                    OfferedAnswers demand = offered;
                    if (demand != null) {
                        demand.asked(read.asked());
                    }
                }
                case SEEN -> meters.batch(EdgeMeters.Batch.SEEN, false, 0);
            }
            return new Answer(204, Fields.empty(), NONE);
        } catch (BatchIntake.Away away) {
            meters.batch(EdgeMeters.Batch.AWAY, false, 0);
            log.warn("The batch {} of an edge cannot be written yet: {}", id, away.getMessage());
            Answer problem = problem(503, "Service Unavailable", "The usage cannot be written now; send it again.");
            Fields.Builder fields = Fields.builder().add("retry-after", AWAY_SECONDS);
            problem.fields().forEach(fields::add);
            return new Answer(503, fields.build(), problem.content());
        }
    }

    @Override
    public Answer offer(byte[] content) {
        OfferedAnswers taker = offered;
        OfferedAnswers.Taken taken = taker == null ? new OfferedAnswers.Taken.Unwanted() : taker.take(content);
        return switch (taken) {
            case OfferedAnswers.Taken.Kept ignored -> new Answer(204, Fields.empty(), NONE);
            case OfferedAnswers.Taken.Unwanted ignored ->
                problem(409, "Conflict", "This answer is not wanted, or no longer.");
            case OfferedAnswers.Taken.Bad(String detail) -> problem(400, "Bad Request", detail);
        };
    }

    /** The details are sentences of ours: none needs escaping. */
    private static Answer problem(int status, String title, String detail) {
        String json = "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\""
                + detail + "\"}";
        return new Answer(
                status, Fields.of("content-type", "application/problem+json"), json.getBytes(StandardCharsets.UTF_8));
    }
}
