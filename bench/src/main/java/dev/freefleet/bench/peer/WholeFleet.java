package dev.freefleet.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code ./fleet up} as users start it: gateway, admin port, data plane, one process, limits set so high that they are
 * counted and refuse nobody. Its PostgreSQL works on the load generator's core at the lowest priority, as a database on
 * another machine would: what the fleet's own process does for usage is measured, what PostgreSQL does with it is not.
 */
public final class WholeFleet implements Peer {
    private static final Duration KEY_AT_MOST = Duration.ofSeconds(90);
    private static final long POLL_NANOS = 200_000_000;
    private static final String CONFIGURATION = """
            data: data
            gateway:
              port: @port@
              threads: 1
            admin:
              port: 0
            brain:
              url: http://127.0.0.1:@origin@
              health-interval: 1s
            cache:
              memory: @megabytes@MiB
            limits:
              address: 1000000/s
            plans:
              default:
                rate: 1000000/s
                quotas: [1000000000/day]
            usage:
              query-text: digest
            log:
              level: warn
            """;

    private final Path home;

    public WholeFleet(Path home) {
        this.home = home.toAbsolutePath();
    }

    @Override
    public String name() {
        return "fleet up";
    }

    @Override
    public Optional<String> version() {
        return Files.exists(home.resolve("cli/target/fleet-cli.jar"))
                ? Optional.of("0.1.0-SNAPSHOT")
                : Optional.empty();
    }

    @Override
    public boolean cachesPost() {
        return true;
    }

    @Override
    public Running start(Site site) throws IOException {
        Path file = site.folder().resolve("fleet.yaml");
        Files.writeString(file, site.fill(CONFIGURATION));
        Running running = Running.start(
                "fleet", site, List.of(home.resolve("fleet").toString(), "up", "--config", file.toString()));
        long deadline = System.nanoTime() + KEY_AT_MOST.toNanos();
        Path key = site.folder().resolve("data/first-key");
        while (!Files.exists(key) && running.isAlive() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        if (!Files.exists(key)) {
            String printed = running.printed();
            running.close();
            throw new IllegalStateException("./fleet up made no first key; it printed:\n" + printed);
        }
        return running.withKey(Files.readString(key).strip()).aside("postgres");
    }
}
