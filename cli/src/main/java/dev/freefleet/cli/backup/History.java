package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.StoredSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Notes what was done about backups: in the ledger, and in the database where one answers. Failing to do so fails nothing else. */
final class History {
    private static final int REPORTS = 50;

    private final Ledger ledger;
    private final Runnable intoDatabase;
    private final PrintWriter err;

    /** @param intoDatabase brings what the ledger holds into the database, if that answers */
    History(Ledger ledger, Runnable intoDatabase, PrintWriter err) {
        this.ledger = ledger;
        this.intoDatabase = intoDatabase;
        this.err = err;
    }

    void backup(StoreName store, StoredSnapshot stored, Instant started, Instant finished) {
        add(event("backup", store, started, finished)
                .put("source", stored.snapshot().source())
                .put("snapshot", stored.snapshot().id())
                .put("time", stored.snapshot().time().toString())
                .put("outcome", "done")
                .put("files", stored.snapshot().entries())
                .put("bytes", stored.snapshot().bytes())
                .put("bytes_added", stored.snapshot().added()));
    }

    void failed(StoreName store, String source, String problem, Instant started, Instant finished) {
        add(event("backup", store, started, finished)
                .put("source", source)
                .put("outcome", "failed")
                .put("problem", problem));
    }

    /** Every byte was read: {@code snapshots} are sound. */
    void verified(StoreName store, boolean whole, List<String> snapshots, String problem, Instant started, Instant at) {
        ObjectNode event = event("verify", store, started, at)
                .put("whole", whole)
                .put("outcome", problem.isEmpty() ? "done" : "failed")
                .put("problem", problem);
        ArrayNode ids = event.putArray("snapshots");
        snapshots.forEach(ids::add);
        add(event);
    }

    void drilled(StoreName store, String snapshot, boolean passed, String summary, Instant started, Instant at) {
        add(event("drill", store, started, at)
                .put("snapshot", snapshot)
                .put("outcome", passed ? "passed" : "failed")
                .put("summary", summary));
    }

    void pruned(StoreName store, int forgotten, String problem, Instant started, Instant at) {
        add(event("prune", store, started, at)
                .put("forgotten", forgotten)
                .put("outcome", problem.isEmpty() ? "done" : "failed")
                .put("problem", problem));
    }

    private static ObjectNode event(String kind, StoreName store, Instant started, Instant finished) {
        return Jsons.object()
                .put("kind", kind)
                .put("id", UUID.randomUUID().toString())
                .put("store", store.label())
                .put("started", started.toString())
                .put("finished", finished.toString());
    }

    void add(ObjectNode event) {
        try {
            ledger.add(event);
        } catch (IOException e) {
            err.println("backup: the history in the data directory cannot be written: " + e.getMessage());
        }
    }

    /** Keeps a drill's report, the last {@value #REPORTS} of them. @return its file, or null where it could not be written */
    @Nullable
    Path keepReport(ObjectNode report, Instant at) {
        Path folder = ledger.drills();
        try {
            if (!ledger.isKept()) {
                return null;
            }
            Ledger.makeFolder(folder);
            Path file = folder.resolve(at.toString().replace(':', '-') + ".json");
            Files.writeString(file, report.toPrettyString() + "\n");
            List<Path> all;
            try (Stream<Path> files = Files.list(folder)) {
                all = files.sorted().toList();
            }
            for (Path old : all.subList(0, Math.max(0, all.size() - REPORTS))) {
                Files.deleteIfExists(old);
            }
            return file;
        } catch (IOException e) {
            err.println("backup: the drill's report cannot be written: " + e.getMessage());
            return null;
        }
    }

    /** What is known of a snapshot beyond its manifest: {@code verified_at}, {@code drill_at}, {@code drill_outcome}, {@code drill_summary}. */
    ObjectNode of(String snapshot) {
        ObjectNode known = Jsons.object();
        try {
            for (ObjectNode event : ledger.events()) {
                String at = event.path("finished").asText();
                switch (event.path("kind").asText()) {
                    case "verify" ->
                        event.path("snapshots").forEach(id -> {
                            if (id.asText().equals(snapshot)) {
                                known.put("verified_at", at);
                            }
                        });
                    case "drill" -> {
                        if (event.path("snapshot").asText().equals(snapshot)) {
                            known.put("drill_at", at)
                                    .put("drill_outcome", event.path("outcome").asText())
                                    .put("drill_summary", event.path("summary").asText());
                        }
                    }
                    default -> {
                        // Of no snapshot.
                    }
                }
            }
        } catch (IOException e) {
            err.println("backup: the history in the data directory cannot be read: " + e.getMessage());
        }
        return known;
    }

    /** Brings it all into the database; at the end of a command. */
    void settle() {
        intoDatabase.run();
    }
}
