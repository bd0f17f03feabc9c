package dev.freefleet.cli.up;

import dev.freefleet.data.DataException;
import dev.freefleet.data.EdgeUsage;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.edgesync.BatchIntake;
import dev.freefleet.edgesync.QuotaWatch;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** The data plane's usage of edges elsewhere, as the part wants it that answers them. */
final class EdgeBatches implements BatchIntake, QuotaWatch.Source {
    private final EdgeUsage usage;

    EdgeBatches(EdgeUsage usage) {
        this.usage = usage;
    }

    @Override
    public Taken take(UUID id, String edge, List<UsageEvent> events) {
        return switch (known(() -> usage.take(id, edge, events))) {
            case WRITTEN -> Taken.WRITTEN;
            case SEEN -> Taken.SEEN;
        };
    }

    @Override
    public List<QuotaWatch.Use> use(Collection<Long> others) {
        return known(() -> usage.use(others)).stream()
                .map(use -> new QuotaWatch.Use(use.keyId(), use.plan(), use.quotas(), use.today(), use.month()))
                .toList();
    }

    private static <T> T known(Supplier<T> work) {
        try {
            return work.get();
        } catch (DataException e) {
            throw new BatchIntake.Away(String.valueOf(e.getMessage()), e);
        }
    }
}
