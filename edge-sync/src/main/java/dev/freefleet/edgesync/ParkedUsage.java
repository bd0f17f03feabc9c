package dev.freefleet.edgesync;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings batches of usage from Workers KV, where edges park them while the fleet is away, into the database, and deletes them
 * there. Where the day's deletes are used up, it remembers what it has brought; and where it has forgotten that, the
 * database still knows each batch. For one thread.
 */
final class ParkedUsage {
    static final String PREFIX = "usage/";
    private static final Logger log = LoggerFactory.getLogger(ParkedUsage.class);
    private static final int REMEMBERED = 10_000;
    private static final int MOST_PAGES = 10;

    private final CloudflareKv kv;
    private final KvBudget budget;
    private final BatchIntake intake;
    private final EdgeMeters meters;
    /** Brought, and still to be deleted. */
    private final Set<String> brought = new LinkedHashSet<>();

    ParkedUsage(CloudflareKv kv, KvBudget budget, BatchIntake intake, EdgeMeters meters) {
        this.kv = kv;
        this.budget = budget;
        this.intake = intake;
        this.meters = meters;
    }

    /** @throws KvException or BatchIntake.Away if it has to go on later */
    void drain() {
        String cursor = "";
        for (int page = 0; page < MOST_PAGES && budget.take(KvBudget.Kind.LIST, 1) == 1; page++) {
            CloudflareKv.Page keys = kv.list(PREFIX, cursor);
            try {
                for (String name : keys.names()) {
                    if (!brought.contains(name) && !bring(name)) {
                        return;
                    }
                }
            } finally {
                delete(keys.names().stream().filter(brought::contains).toList());
            }
            cursor = keys.cursor();
            if (cursor.isEmpty()) {
                return;
            }
        }
    }

    /** @return whether there is budget for more */
    private boolean bring(String name) {
        if (budget.take(KvBudget.Kind.READ, 1) == 0) {
            return false;
        }
        byte[] content = kv.read(name);
        if (content != null) {
            take(name, content);
            remember(name);
        } // else it comes later: a listing may know of a key before a read does; one that has expired is listed no more
        return true;
    }

    private void take(String name, byte[] content) {
        @Nullable UUID id = UsageContent.uuid(name.substring(PREFIX.length()));
        UsageContent.Read read =
                id == null ? new UsageContent.Read.Bad("the name is no UUID") : UsageContent.read(content);
        switch (read) {
            case UsageContent.Read.Bad(String detail) -> {
                meters.batch(EdgeMeters.Batch.BAD, true, 0);
                log.warn("The parked batch {} is no batch and is deleted: {}", name, detail);
            }
            case UsageContent.Read.Batch batch -> {
                switch (intake.take(java.util.Objects.requireNonNull(id), batch.edge(), batch.events())) {
                    case WRITTEN -> {
                        meters.batch(
                                EdgeMeters.Batch.WRITTEN, true, batch.events().size());
                        // The edge's write came from the same daily quota, most likely today's.
                        budget.foreign(KvBudget.Kind.WRITE, 1);
                    }
                    case SEEN -> meters.batch(EdgeMeters.Batch.SEEN, true, 0);
                }
            }
        }
    }

    private void remember(String name) {
        if (brought.size() >= REMEMBERED) {
            brought.remove(brought.iterator().next());
        }
        brought.add(name);
    }

    private void delete(List<String> names) {
        int granted = names.isEmpty() ? 0 : budget.take(KvBudget.Kind.DELETE, names.size());
        if (granted > 0) {
            List<String> now = names.subList(0, granted);
            Set<String> failed = kv.delete(now);
            new ArrayList<>(now).stream().filter(name -> !failed.contains(name)).forEach(brought::remove);
        }
    }
}
