package dev.freefleet.cli.config;

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

    /** Only {@code --config} and {@code --data}. */
    public static Flags of(@Nullable String config, @Nullable String data) {
        return new Flags(config, data, null, null, null, null);
    }
}
