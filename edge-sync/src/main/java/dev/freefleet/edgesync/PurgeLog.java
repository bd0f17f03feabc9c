package dev.freefleet.edgesync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.edge.AnswerTags;
import dev.freefleet.gateway.Selection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last purges, for edges that learn of them later; kept in a file, so that a restart brings back no answer that was
 * purged. Of purges that are too many to be kept one by one, all that was asked for before them counts as purged. So it does
 * where the file cannot be read. Thread-safe.
 */
public final class PurgeLog {
    static final int KEPT = 256;
    /** By how much the clock of an edge may differ from the fleet's, milliseconds. */
    static final long SKEW = 5_000;

    private static final Logger log = LoggerFactory.getLogger(PurgeLog.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final LongSupplier millis;
    private volatile Purged purged;

    /** One purge: answers that were asked for before {@code at} and of which all is true that is given. */
    record Purge(
            long seq,
            long at,
            @Nullable String route,
            @Nullable String tag,
            @Nullable String key) {
        boolean takes(String cacheKey, long requestMillis, List<String> tags) {
            return requestMillis < at
                    && (key == null || key.equals(cacheKey))
                    && (route == null || route.equals(Selection.routeOf(cacheKey)))
                    && (tag == null || AnswerTags.matches(tags, tag));
        }
    }

    /** All that is purged: what was asked for before {@code floor}, and the last purges, oldest first. */
    record Purged(long floor, List<Purge> last) {
        Purged {
            last = List.copyOf(last);
        }

        /** Whether edges refuse this answer. */
        boolean takes(String cacheKey, long requestMillis, List<String> tags) {
            return requestMillis < floor || last.stream().anyMatch(purge -> purge.takes(cacheKey, requestMillis, tags));
        }

        long nextSeq() {
            return last.isEmpty() ? 1 : last.getLast().seq() + 1;
        }
    }

    private PurgeLog(Path file, LongSupplier millis, Purged purged) {
        this.file = file;
        this.millis = millis;
        this.purged = purged;
    }

    /**
     * Opens it, or begins one.
     *
     * @param millis now, epoch milliseconds
     */
    public static PurgeLog open(Path file, LongSupplier millis) {
        Purged known;
        try {
            known = read(JSON.readTree(Files.readAllBytes(file)));
        } catch (NoSuchFileException first) {
            known = new Purged(0, List.of());
        } catch (IOException | IllegalArgumentException e) {
            log.error(
                    "The list of purges {} cannot be read ({}); edges elsewhere take all their answers as purged",
                    file,
                    e.getMessage());
            known = new Purged(millis.getAsLong() + SKEW, List.of());
        }
        return new PurgeLog(file, millis, known);
    }

    /**
     * Notes a purge, by the names of {@code Selection}; it is on the disk by when this returns.
     *
     * @throws UncheckedIOException if it cannot be written; then it is not noted
     */
    public synchronized void add(@Nullable String route, @Nullable String tag, @Nullable String key) {
        Purged before = purged;
        long latest = before.last().isEmpty() ? 0 : before.last().getLast().at();
        long at = Math.max(millis.getAsLong() + SKEW, latest);
        List<Purge> last = new ArrayList<>(before.last());
        long floor = before.floor();
        if (route == null && tag == null && key == null) {
            floor = at;
            last.clear();
        }
        last.add(new Purge(before.nextSeq(), at, route, tag, key));
        if (last.size() > KEPT) {
            floor = Math.max(floor, last.removeFirst().at());
        }
        Purged next = new Purged(floor, last);
        try {
            DurableFile.write(file, write(next).toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the purge cannot be written to " + file, e);
        }
        purged = next;
    }

    Purged purged() {
        return purged;
    }

    static ObjectNode write(Purged purged) {
        ObjectNode json = JSON.createObjectNode().put("floor", purged.floor());
        ArrayNode last = json.putArray("last");
        for (Purge purge : purged.last()) {
            last.addObject()
                    .put("seq", purge.seq())
                    .put("at", purge.at())
                    .put("route", purge.route())
                    .put("tag", purge.tag())
                    .put("key", purge.key());
        }
        return json;
    }

    private static Purged read(@Nullable JsonNode json) {
        if (json == null
                || !json.path("floor").isIntegralNumber()
                || !json.path("last").isArray()) {
            throw new IllegalArgumentException("it is damaged");
        }
        List<Purge> last = new ArrayList<>();
        for (JsonNode purge : json.path("last")) {
            if (!purge.path("seq").isIntegralNumber() || !purge.path("at").isIntegralNumber()) {
                throw new IllegalArgumentException("it is damaged");
            }
            last.add(new Purge(
                    purge.path("seq").longValue(),
                    purge.path("at").longValue(),
                    purge.path("route").textValue(),
                    purge.path("tag").textValue(),
                    purge.path("key").textValue()));
        }
        return new Purged(json.path("floor").longValue(), last);
    }
}
