package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueReader.Piece;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads {@code FLEET_...} variables. Lists are separated by commas; an empty variable counts as not set. */
final class EnvironmentReader {
    /** What the launcher and the commands read themselves. */
    static final Set<String> OTHERS = Set.of("FLEET_CONFIG", "FLEET_HOME", "FLEET_HEAP", "FLEET_JAVA_OPTS");

    private final Map<String, Setting<?>> byVariable = new HashMap<>();
    private final Values values;
    private final Path base;

    EnvironmentReader(Values values, Path base) {
        this.values = values;
        this.base = base;
        Settings.all().stream().filter(Setting::single).forEach(setting -> byVariable.put(setting.variable(), setting));
    }

    void read(Map<String, String> environment) {
        new TreeMap<>(environment).forEach((variable, text) -> {
            if (variable.startsWith("FLEET_") && !OTHERS.contains(variable) && !text.isEmpty()) {
                read(variable, text);
            }
        });
    }

    private void read(String variable, String text) {
        Source source = new Source.Environment(variable);
        Setting<?> setting = byVariable.get(variable);
        Setting<?> inFile = variable.endsWith("_FILE")
                ? byVariable.get(variable.substring(0, variable.length() - "_FILE".length()))
                : null;
        if (setting != null) {
            keep(setting, source, text);
        } else if (inFile != null && inFile.secret()) {
            if (values.source(inFile) instanceof Source.Environment plain) {
                values.problem(source, "", "stands beside " + plain.variable() + "; unset one of the two");
            }
            keep(inFile, source, "file:" + text);
        } else {
            String nearest = Nearest.of(variable, byVariable.keySet());
            String hint = nearest == null ? "./fleet config print lists them" : "did you mean " + nearest + "?";
            values.problem(source, "", "is not a setting; " + hint);
        }
    }

    private void keep(Setting<?> setting, Source source, String text) {
        List<Piece> pieces = setting.type() instanceof ValueType.ListOf
                ? Arrays.stream(text.split(",", -1))
                        .map(part -> new Piece(part.strip(), source))
                        .toList()
                : List.of(new Piece(text, source));
        new ValueReader(values).read(setting.path(), setting, pieces, source, base);
    }
}
