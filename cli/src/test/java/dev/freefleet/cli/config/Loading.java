package dev.freefleet.cli.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Loads configurations of tests from texts. */
final class Loading {
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private Flags flags = Flags.none();

    Loading(Path folder) {
        this.folder = folder;
    }

    Loading yaml(String... lines) {
        try {
            Files.writeString(folder.resolve("fleet.yaml"), String.join("\n", lines) + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Loading variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Loading flags(Flags given) {
        flags = given;
        return this;
    }

    ConfigLoader.Loaded load() {
        return new ConfigLoader(folder, folder, environment).load(flags);
    }

    FleetConfig config() {
        return load().config();
    }

    /** The lines that a person would see; fails where there is no problem. */
    List<String> problems() {
        try {
            throw new AssertionError("no problem was found in " + load().settings());
        } catch (ConfigException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    EffectiveSetting effective(String path) {
        return load().settings().stream()
                .filter(setting -> setting.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " is not printed"));
    }
}
