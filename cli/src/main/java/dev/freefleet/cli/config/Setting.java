package dev.freefleet.cli.config;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table of settings.
 *
 * @param path its full name, such as {@code gateway.port}; {@code routes[].name} is a member of each element of a list,
 *     {@code plans.*.rate} of each named section
 * @param type what it may hold
 * @param standard the texts of its default, or null where it has none
 * @param required whether it must be given (in each element of its list)
 * @param secret whether its value is shown to nobody
 * @param doc what it means, for the documentation
 */
record Setting<T>(
        String path, ValueType<T> type, @Nullable List<String> standard, boolean required, boolean secret, String doc) {
    Setting {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(doc, "doc");
    }

    /** Whether it stands for itself, not in each element of a list or a named section. */
    boolean single() {
        return !path.contains("[]") && !path.contains("*");
    }

    /** The environment variable that overrides it: {@code FLEET_GATEWAY_PORT}. */
    String variable() {
        return "FLEET_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Its name without the section: {@code port}. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
