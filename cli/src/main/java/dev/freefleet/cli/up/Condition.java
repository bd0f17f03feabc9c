package dev.freefleet.cli.up;

import dev.freefleet.admin.FleetStatus;
import dev.freefleet.admin.FleetStatus.Part;
import dev.freefleet.admin.FleetStatus.State;
import dev.freefleet.cli.client.Version;
import dev.freefleet.data.DataException;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageCounters;
import dev.freefleet.data.jobs.JobState;
import dev.freefleet.data.jobs.Jobs;
import dev.freefleet.gateway.AnswerStore;
import dev.freefleet.gateway.Gateway;
import dev.freefleet.gateway.SharedState;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How the fleet and its parts are, asked when somebody wants to know. */
final class Condition {
    /** As the alerts of deploy/prometheus have it. */
    private static final long FULL_PERCENT = 80;

    private static final long LATE_SECONDS = 300;

    private final Instant startedAt;
    private final URI gatewayUrl;
    private final URI brainUrl;
    private final Gateway gateway;
    private final DataPlane data;
    private final UsageCounters usage;
    private final Jobs jobs;
    private final @Nullable SharedState shared;

    /** @param shared what the gateway shares with others, or null */
    Condition(
            Clock clock,
            URI gatewayUrl,
            URI brainUrl,
            Gateway gateway,
            DataPlane data,
            UsageCounters usage,
            Jobs jobs,
            @Nullable SharedState shared) {
        this.startedAt = clock.instant();
        this.gatewayUrl = gatewayUrl;
        this.brainUrl = brainUrl;
        this.gateway = gateway;
        this.data = data;
        this.usage = usage;
        this.jobs = jobs;
        this.shared = shared;
    }

    FleetStatus now() {
        List<Part> parts = new ArrayList<>(List.of(new Part("gateway", State.UP, gatewayUrl.toString()), brain()));
        if (shared != null) {
            parts.add(redis(shared));
        }
        parts.addAll(List.of(database(), usage(usage), jobs()));
        return new FleetStatus(Version.CURRENT, startedAt, gatewayUrl, parts, figures());
    }

    private Part brain() {
        String status = gateway.brainStatus();
        State state = switch (status) {
            case "healthy" -> State.UP;
            case "degraded" -> State.DEGRADED;
            default -> State.DOWN;
        };
        return new Part("brain", state, status + " at " + brainUrl);
    }

    private static Part redis(SharedState shared) {
        return shared.isUp()
                ? new Part("redis", State.UP, shared.url().toString())
                : new Part(
                        "redis",
                        State.DOWN,
                        shared.url() + " does not answer; until it does, this gateway counts and stores alone");
    }

    private Part database() {
        try {
            data.users().find(FirstStart.OWNER);
            return new Part("database", State.UP, data.describe());
        } catch (DataException e) {
            return new Part("database", State.DOWN, String.valueOf(e.getMessage()));
        }
    }

    /** Says that the spool fills before usage is lost. */
    static Part usage(UsageCounters usage) {
        long full = usage.spoolMaxBytes() == 0 ? 0 : 100 * usage.spoolBytes() / usage.spoolMaxBytes();
        long seconds = usage.oldestMillis() / 1_000;
        String lost = usage.dropped() == 0 ? "" : "; " + usage.dropped() + " records lost since the start";
        if (full >= FULL_PERCENT) {
            return new Part(
                    "usage", State.DEGRADED, "the spool is " + full + " % full, and past that usage is lost" + lost);
        }
        return seconds > LATE_SECONDS
                ? new Part("usage", State.DEGRADED, "PostgreSQL has what is " + seconds + " s old" + lost)
                : new Part("usage", State.UP, "written as it comes" + lost);
    }

    private Part jobs() {
        List<String> late = names(JobState::overdue);
        List<String> failing = names(job -> job.failures() > 0);
        if (!late.isEmpty()) {
            return new Part("jobs", State.DEGRADED, "overdue: " + String.join(", ", late));
        }
        return failing.isEmpty()
                ? new Part("jobs", State.UP, jobs.states().size() + " on schedule")
                : new Part(
                        "jobs",
                        State.DEGRADED,
                        "failing: " + String.join(", ", failing) + "; see ./fleet jobs history");
    }

    private List<String> names(Predicate<JobState> which) {
        return jobs.states().stream().filter(which).map(JobState::name).toList();
    }

    private SequencedMap<String, Long> figures() {
        SequencedMap<String, Long> figures = new LinkedHashMap<>();
        AnswerStore.Stats cache = gateway.store().stats();
        figures.put("cache.keys", cache.keys());
        figures.put("cache.bytes", cache.bytes());
        figures.put("cache.max_bytes", cache.maxBytes());
        figures.put("cache.evictions", cache.evictions());
        AnswerStore.Disk disk = cache.disk();
        if (disk != null) {
            figures.put("cache.disk_on", disk.on() ? 1L : 0L);
            figures.put("cache.disk_keys", disk.keys());
            figures.put("cache.disk_bytes", disk.bytes());
        }
        figures.put("usage.accepted", usage.accepted());
        figures.put("usage.written", usage.written());
        figures.put("usage.waiting", (long) usage.queueDepth());
        figures.put("usage.dropped", usage.dropped());
        figures.put("usage.rejected", usage.rejected());
        return figures;
    }
}
