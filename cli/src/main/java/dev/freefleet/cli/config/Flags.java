package dev.freefleet.cli.config;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was said on the command line; each is null where it was not. They override the environment and the file.
 *
 * @param config {@code --config}: the file to read
 * @param data {@code --data}
 * @param port {@code --port}
 * @param adminPort {@code --admin-port}
 * @param brain {@code --brain}: a URL
 * @param brainDocs {@code --brain-docs}: a folder
 */
public record Flags(
        @Nullable String config,
        @Nullable String data,
        @Nullable String port,
        @Nullable String adminPort,
        @Nullable String brain,
        @Nullable String brainDocs) {
    /** None given. */
    public static Flags none() {
        return new Flags(null, null, null, null, null, null);
    }

    /** What of this says which fleet is meant and how its Brain is reached, as environment variables for processes that it starts. */
    public Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        put(variables, "FLEET_CONFIG", config);
        put(variables, Settings.DATA.variable(), data);
        put(variables, Settings.BRAIN_URL.variable(), brain);
        return variables;
    }

    private static void put(Map<String, String> variables, String name, @Nullable String value) {
        if (value != null) {
            variables.put(name, value);
        }
    }

    /** Only {@code --config} and {@code --data}. */
    public static Flags of(@Nullable String config, @Nullable String data) {
        return new Flags(config, data, null, null, null, null);
    }
}
