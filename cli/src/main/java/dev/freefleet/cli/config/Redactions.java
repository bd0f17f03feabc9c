package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import dev.freefleet.cli.config.Values.Item;
import dev.freefleet.data.Redaction;
import dev.freefleet.edge.EdgePolicy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What of questions is kept: how it is written, and made from what was written. */
final class Redactions {
    private static final String WRITING = "NAME=PATTERN, e.g. patient=P-[0-9]{6}";

    private Redactions() {}

    /** A name and a pattern of RE2. */
    static Scalar<String> pattern() {
        return new Scalar<>(
                "pattern",
                WRITING,
                written -> {
                    int equals = written.indexOf('=');
                    String name = equals < 0 ? "" : written.substring(0, equals);
                    boolean fits = !name.isEmpty() && name.length() <= 32;
                    if (!fits
                            || !name.chars().allMatch(c -> "abcdefghijklmnopqrstuvwxyz0123456789_-".indexOf(c) >= 0)) {
                        throw new BadValue("has no name of 1 to 32 of a-z 0-9 _ - before a first =; write " + WRITING);
                    }
                    try {
                        Redaction.of(Set.of(), Map.of(name, written.substring(equals + 1)));
                    } catch (IllegalArgumentException e) {
                        throw new BadValue(String.valueOf(e.getMessage()));
                    }
                    return written;
                },
                pattern -> pattern);
    }

    /** Notes what is wrong between values. */
    static void check(Values values) {
        List<String> patterns = values.find(Settings.USAGE_REDACT_PATTERNS);
        if (patterns != null && patterns.size() > Redaction.MOST) {
            values.problem(
                    values.source(Settings.USAGE_REDACT_PATTERNS),
                    Settings.USAGE_REDACT_PATTERNS.path(),
                    "are too many: there can be " + Redaction.MOST + " patterns");
        }
    }

    static FleetConfig.Questions questions(Values values) {
        Map<String, EdgePolicy.QueryText> routes = new HashMap<>();
        for (Item item : Objects.requireNonNullElse(values.items("routes"), List.<Item>of())) {
            EdgePolicy.@Nullable QueryText keep = values.find(item, Settings.ROUTE_QUERY_TEXT);
            if (keep != null) {
                routes.put(values.get(item, Settings.ROUTE_NAME), keep);
            }
        }
        Map<String, String> patterns = new LinkedHashMap<>();
        for (String written :
                Objects.requireNonNullElse(values.find(Settings.USAGE_REDACT_PATTERNS), List.<String>of())) {
            int equals = written.indexOf('=');
            patterns.put(written.substring(0, equals), written.substring(equals + 1));
        }
        return new FleetConfig.Questions(routes, Redaction.of(Set.copyOf(values.get(Settings.USAGE_REDACT)), patterns));
    }
}
