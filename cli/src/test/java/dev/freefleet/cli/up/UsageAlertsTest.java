package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.admin.FleetStatus.Part;
import dev.freefleet.admin.FleetStatus.State;
import dev.freefleet.data.UsageCounters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The bound of the usage spool is told before it is reached: by alerts, and by {@code fleet status}. */
class UsageAlertsTest {
    private static final Path RULES =
            Path.of("..", "deploy", "prometheus").toAbsolutePath().normalize();

    private record Counters(long dropped, long spoolBytes, long spoolMaxBytes, long oldestMillis)
            implements UsageCounters {
        @Override
        public long accepted() {
            return 0;
        }

        @Override
        public long written() {
            return 0;
        }

        @Override
        public long rejected() {
            return 0;
        }

        @Override
        public long failedBatches() {
            return 0;
        }

        @Override
        public int queueDepth() {
            return 0;
        }

        @Override
        public long spooled() {
            return 0;
        }

        @Override
        public long direct() {
            return 0;
        }

        @Override
        public long damaged() {
            return 0;
        }
    }

    @Test
    void promtoolFindsThemRight() throws Exception {
        Process promtool = new ProcessBuilder("promtool", "test", "rules", "data.rules.test.yml")
                .directory(RULES.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said).contains("SUCCESS");
    }

    /** Those of jobs are asked of a whole fleet, in UsageAndJobsTest. */
    @Test
    void everyMetricOfUsageThatTheyNameIsThere() throws Exception {
        try (Metrics metrics = new Metrics()) {
            metrics.watch(new Counters(0, 1, 2, 3));
            String scraped = metrics.registry().scrape();
            Matcher names =
                    Pattern.compile("fleet_usage_[a-z_]+").matcher(Files.readString(RULES.resolve("data.rules.yml")));
            TreeSet<String> named = new TreeSet<>();
            while (names.find()) {
                named.add(names.group());
            }
            assertThat(named)
                    .hasSizeGreaterThan(5)
                    .allSatisfy(name -> assertThat(scraped).contains("# TYPE " + name + " "));
        }
    }

    @Test
    void theStatusTellsThatTheSpoolFillsAndWhatWasLost() {
        assertThat(Condition.usage(new Counters(0, 79, 100, 1_000)))
                .isEqualTo(new Part("usage", State.UP, "written as it comes"));
        assertThat(Condition.usage(new Counters(0, 0, 0, 0)).state())
                .as("no spool")
                .isEqualTo(State.UP);
        assertThat(Condition.usage(new Counters(0, 80, 100, 1_000)))
                .isEqualTo(new Part("usage", State.DEGRADED, "the spool is 80 % full, and past that usage is lost"));
        assertThat(Condition.usage(new Counters(7, 10, 100, 301_000)))
                .isEqualTo(new Part(
                        "usage", State.DEGRADED, "PostgreSQL has what is 301 s old; 7 records lost since the start"));
    }
}
