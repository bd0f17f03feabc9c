package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueReader.Piece;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration: defaults, then the file, then environment variables, then flags, each overriding what came
 * before; and checks it as a whole.
 */
public final class ConfigLoader {
    /** The configuration, and what each setting's value is and where it came from. */
    public record Loaded(FleetConfig config, List<EffectiveSetting> settings) {
        public Loaded {
            Objects.requireNonNull(config, "config");
            settings = List.copyOf(settings);
        }
    }

    private final Path home;
    private final Path workingDirectory;
    private final Map<String, String> environment;

    /**
     * @param home the project's folder, where the default data directory and the default documents are
     * @param workingDirectory what relative paths in flags and variables start from
     * @param environment the process's environment variables
     */
    public ConfigLoader(Path home, Path workingDirectory, Map<String, String> environment) {
        this.home = home.toAbsolutePath().normalize();
        this.workingDirectory = workingDirectory.toAbsolutePath().normalize();
        this.environment = Map.copyOf(environment);
    }

    /**
     * Loads everything.
     *
     * @throws ConfigException if anything is wrong; it tells all that is
     */
    public Loaded load(Flags flags) {
        Values values = new Values();
        Path file = file(flags);
        if (file != null) {
            new YamlReader(file, values).read();
        }
        new EnvironmentReader(values, workingDirectory).read(environment);
        read(flags, values);
        Assembly assembly = new Assembly(home, values);
        assembly.check();
        if (!values.problems().isEmpty()) {
            throw new ConfigException(values.problems());
        }
        FleetConfig config = assembly.config();
        return new Loaded(config, EffectiveSetting.all(values, config));
    }

    /** {@code --config}, else FLEET_CONFIG, else fleet.yaml here, else in the project's folder; null: there is none. */
    public @Nullable Path file(Flags flags) {
        String named = flags.config() != null ? flags.config() : environment.get("FLEET_CONFIG");
        if (named != null && !named.isEmpty()) {
            return workingDirectory.resolve(named);
        }
        Path here = workingDirectory.resolve("fleet.yaml");
        Path there = home.resolve("fleet.yaml");
        return Files.exists(here) ? here : Files.exists(there) ? there : null;
    }

    private void read(Flags flags, Values values) {
        if (flags.brain() != null) {
            values.remove(Settings.BRAIN_DOCS);
            values.remove(Settings.BRAIN_PORT);
        } else if (flags.brainDocs() != null) {
            values.remove(Settings.BRAIN_URL);
        }
        flag(values, "--data", flags.data(), Settings.DATA);
        flag(values, "--port", flags.port(), Settings.GATEWAY_PORT);
        flag(values, "--admin-port", flags.adminPort(), Settings.ADMIN_PORT);
        flag(values, "--brain", flags.brain(), Settings.BRAIN_URL);
        flag(values, "--brain-docs", flags.brainDocs(), Settings.BRAIN_DOCS);
    }

    private void flag(Values values, String name, @Nullable String text, Setting<?> setting) {
        if (text != null) {
            Source source = new Source.Flag(name);
            new ValueReader(values)
                    .read(setting.path(), setting, List.of(new Piece(text, source)), source, workingDirectory);
        }
    }
}
