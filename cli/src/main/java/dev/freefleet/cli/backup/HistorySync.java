package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.data.BackupHistory;
import dev.freefleet.data.DataException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Brings the ledger into the database's {@code backup_history}. Saying a thing twice does no harm, so the last lines are all said. */
final class HistorySync {
    private static final int LAST = 500;

    private HistorySync() {}

    /** Does so where a database answers; where none does, the ledger keeps it for the next time. */
    static void run(Ledger ledger, FleetConfig config, PrintWriter err) {
        try {
            List<ObjectNode> events = ledger.events();
            if (events.isEmpty()) {
                return;
            }
            try (BackupHistory database = BackupHistory.open(Plans.database(config, config.data()))) {
                for (ObjectNode event : events.subList(Math.max(0, events.size() - LAST), events.size())) {
                    say(database, event);
                }
            }
        } catch (DataException e) {
            if (e.kind() != DataException.Kind.UNAVAILABLE) {
                err.println("backup: the database's history is not up to date: " + e.getMessage());
            }
        } catch (IOException e) {
            err.println("backup: the history in the data directory cannot be read: " + e.getMessage());
        }
    }

    private static void say(BackupHistory database, ObjectNode event) {
        Instant finished = instant(event.path("finished").asText());
        Instant started = instant(event.path("started").asText());
        String store = event.path("store").asText();
        if (finished == null || started == null) {
            return;
        }
        switch (event.path("kind").asText()) {
            case "backup" -> database.add(run(event, store, started, finished));
            case "verify" -> {
                List<String> snapshots = new ArrayList<>();
                event.path("snapshots").forEach(id -> snapshots.add(id.asText()));
                if (!snapshots.isEmpty()) {
                    database.verified(store, snapshots, finished);
                }
            }
            case "drill" ->
                database.drilled(
                        store,
                        event.path("snapshot").asText(),
                        finished,
                        event.path("outcome").asText().equals("passed"),
                        event.path("summary").asText());
            default -> {
                // The database has no place for it.
            }
        }
    }

    private static BackupHistory.Run run(ObjectNode event, String store, Instant started, Instant finished) {
        String snapshot = event.path("snapshot").asText("");
        String problem = event.path("problem").asText("");
        return new BackupHistory.Run(
                id(event.path("id").asText()),
                event.path("source").asText(),
                store,
                snapshot.isEmpty() ? null : snapshot,
                started,
                finished,
                problem.isEmpty() ? null : problem,
                event.path("files").asLong(),
                event.path("bytes").asLong(),
                event.path("bytes_added").asLong());
    }

    /** One that was written by hand gets one of its own text. */
    private static UUID id(String written) {
        try {
            return UUID.fromString(written);
        } catch (IllegalArgumentException e) {
            return UUID.nameUUIDFromBytes(written.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    static @Nullable Instant instant(String written) {
        try {
            return Instant.parse(written);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
