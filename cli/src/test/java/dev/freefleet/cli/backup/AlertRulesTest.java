package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.cli.config.BackupConfig;
import dev.freefleet.cli.config.ConfigLoader;
import dev.freefleet.cli.config.Flags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alerts fire when they should, and speak of metrics that there are. */
class AlertRulesTest {
    private static final Path RULES =
            Path.of("..", "deploy", "prometheus").toAbsolutePath().normalize();

    @Test
    void promtoolFindsThemRight() throws Exception {
        Process promtool = new ProcessBuilder("promtool", "test", "rules", "backup.rules.test.yml")
                .directory(RULES.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said).contains("SUCCESS");
    }

    @Test
    void everyMetricThatTheyNameIsThere(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("fleet-data"));
        Files.writeString(folder.resolve("fleet-data/VERSION"), "1\n");
        BackupConfig config = new ConfigLoader(
                        folder,
                        folder,
                        Map.of("FLEET_BACKUP_OFF_SITE", folder.resolve("other").toString()))
                .load(Flags.none())
                .config()
                .backup();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        BackupGauges.register(registry, folder.resolve("fleet-data"), config);
        String scraped = registry.scrape();
        Matcher names =
                Pattern.compile("fleet_backup_[a-z_]+").matcher(Files.readString(RULES.resolve("backup.rules.yml")));
        TreeSet<String> named = new TreeSet<>();
        while (names.find()) {
            named.add(names.group());
        }
        assertThat(named)
                .hasSizeGreaterThan(5)
                .allSatisfy(name -> assertThat(scraped).contains("# TYPE " + name + " gauge"));
    }
}
