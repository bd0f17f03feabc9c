package dev.freefleet.cli.up;

import dev.freefleet.admin.AdminException;
import dev.freefleet.admin.AnswerCache;
import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.Fields;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.Gateway;
import dev.freefleet.gateway.GatewayException;
import dev.freefleet.gateway.Selection;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The gateway's store, as the admin port wants it. */
final class StoredAnswers implements AnswerCache {
    private static final long PATIENCE_SECONDS = 25;

    private final Gateway gateway;
    private final Edge edge;
    private final Clock clock;
    private final Consumer<Selection> noted;

    /** @param noted is told of each purge before it is done; what it throws stops the purge */
    StoredAnswers(Gateway gateway, Edge edge, Clock clock, Consumer<Selection> noted) {
        this.gateway = gateway;
        this.edge = edge;
        this.clock = clock;
        this.noted = noted;
    }

    @Override
    public long purge(@Nullable String route, @Nullable String tag, @Nullable String key) {
        Selection which = new Selection(route, tag, key);
        try {
            noted.accept(which);
        } catch (UncheckedIOException e) {
            throw new AdminException("Nothing is purged: edges elsewhere could not be told, because " + e.getMessage()
                    + "; make room on the disk of the data directory and try again.");
        }
        return await(gateway.purge(which));
    }

    @Override
    public List<Answer> list(@Nullable String route, @Nullable String tag, @Nullable String key, int limit) {
        return await(gateway.store().list(new Selection(route, tag, key), limit)).stream()
                .map(this::answer)
                .toList();
    }

    private static <T> T await(CompletableFuture<T> result) {
        try {
            return result.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof GatewayException known) {
                throw new AdminException(String.valueOf(known.getMessage()));
            }
            if (failed.getCause() instanceof TimeoutException) {
                throw new AdminException("The cache's disk takes more than " + PATIENCE_SECONDS
                        + " s for this and is still at it; ask again, and look at ./fleet cache stats.");
            }
            throw failed;
        }
    }

    private Answer answer(AnswerStore.Kept kept) {
        Edge.Inspection state = edge.inspect(kept.key(), kept.answer(), clock.millis());
        return new Answer(
                kept.key(),
                Selection.routeOf(kept.key()),
                kept.answer().status(),
                kept.inMemory() ? "memory" : "disk",
                Instant.ofEpochMilli(kept.answer().responseMillis()),
                state.ageMillis() / 1_000,
                Math.floorDiv(state.ttlMillis(), 1_000L),
                kept.answer().body().length(),
                Objects.requireNonNullElse(kept.answer().fields().first("content-type"), ""),
                kept.answer().indexVersion(),
                kept.answer().tags(),
                variant(kept.answer().selecting()));
    }

    /** The names alone where a value may be a secret. */
    private static String variant(Fields selecting) {
        StringBuilder text = new StringBuilder();
        selecting.forEach((name, value) -> {
            boolean secret = name.equals("authorization") || name.equals("cookie") || name.equals("x-api-key");
            text.append(text.isEmpty() ? "" : "; ").append(name).append(secret ? "" : ": " + value);
        });
        return text.toString();
    }

    @Override
    public Figures figures() {
        SequencedMap<String, Long> requests = new LinkedHashMap<>();
        for (CacheOutcome outcome : CacheOutcome.values()) {
            requests.put(outcome.label(), gateway.requests(outcome));
        }
        AnswerStore.Stats stats = gateway.store().stats();
        SequencedMap<String, Long> memory = new LinkedHashMap<>();
        memory.put("keys", stats.keys());
        memory.put("bytes", stats.bytes());
        memory.put("max_bytes", stats.maxBytes());
        memory.put("evictions", stats.evictions());
        return new Figures(requests, memory, disk(stats.disk()));
    }

    private static @Nullable SequencedMap<String, Long> disk(AnswerStore.@Nullable Disk disk) {
        if (disk == null) {
            return null;
        }
        SequencedMap<String, Long> numbers = new LinkedHashMap<>();
        numbers.put("on", disk.on() ? 1L : 0L);
        numbers.put("keys", disk.keys());
        numbers.put("answers", disk.answers());
        numbers.put("bytes", disk.bytes());
        numbers.put("max_bytes", disk.maxBytes());
        numbers.put("hits", disk.hits());
        numbers.put("misses", disk.misses());
        numbers.put("written", disk.written());
        numbers.put("dropped", disk.dropped());
        numbers.put("skipped", disk.skipped());
        numbers.put("damaged", disk.damaged());
        numbers.put("errors", disk.errors());
        numbers.put("evictions", disk.evictions());
        return numbers;
    }
}
