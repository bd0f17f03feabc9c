package dev.freefleet.cli.config;

import java.util.List;

/** {@code docs/configuration.md}, made from the table of settings. */
final class Documentation {
    private static final String BEGINNING = """
            # Configuration

            <!-- Made from the table in cli (Settings.java) by ConfigurationDocumentTest; do not edit by hand. -->

            The fleet runs without a configuration. What you want otherwise you write in `fleet.yaml`, which is looked for in the
            current folder, then in the project's folder; `--config FILE` or `FLEET_CONFIG` names another. The order in which values
            override each other: default, file, environment variable, flag. Everything is checked before anything starts, and all
            problems are told at once, each with its place:

            ```
            fleet.yaml:12: limits.address: "60/mn" is not a rate; write e.g. 10/s, 60/min, 1000/h or 60/min burst 10
            FLEET_GATEWAY_PROT: is not a setting; did you mean FLEET_GATEWAY_PORT?
            ```

            `./fleet config check` does only that; `./fleet config print` shows every value and where it came from, secrets masked
            (`--json` for machines).

            How values are written:

            | kind | written |
            |---|---|
            | duration | `500ms` `30s` `5m` `1h` `30d` |
            | size | `512KiB` `64MiB` `1GiB` |
            | rate | `10/s` `60/min` `1000/h` `5000/day`; `60/min burst 10` lets at most 10 come at once |
            | quota | `1000/day` `20000/month`; days and months are those of UTC |
            | list | a YAML list; in an environment variable separated by commas |
            | path | from the folder of the file that names it; in a variable or a flag from the current folder |
            | secret | the text itself, or `file:PATH`; its variable with `_FILE` appended names a file too |

            ## Settings

            """;

    private Documentation() {}

    /** The whole document; {@code example} is a YAML file that the tests load. */
    static String markdown(String example) {
        StringBuilder text = new StringBuilder(BEGINNING);
        table(text, Settings.all().stream().filter(Setting::single).toList());
        text.append("""

                ## Plans

                `plans` holds a section for each plan, under its name. Keys name a plan; `default` stands in where they name none.

                """);
        table(text, of("plans."));
        text.append("""

                ## Routes

                `routes` is a list; the first whose path matches decides. A list in the file stands in place of the default one, which
                `./fleet config print` shows.

                """);
        table(text, of("routes[]"));
        return text.append("\n## An example\n\n```yaml\n")
                .append(example)
                .append("```\n")
                .toString();
    }

    private static List<Setting<?>> of(String prefix) {
        return Settings.all().stream()
                .filter(setting -> setting.path().startsWith(prefix))
                .toList();
    }

    private static void table(StringBuilder text, List<Setting<?>> settings) {
        boolean single = settings.getFirst().single();
        text.append(
                single
                        ? "| setting | kind | default | variable | meaning |\n|---|---|---|---|---|\n"
                        : "| setting | kind | default | meaning |\n|---|---|---|---|\n");
        for (Setting<?> setting : settings) {
            text.append("| `")
                    .append(setting.path())
                    .append("` | ")
                    .append(kind(setting))
                    .append(" | ");
            text.append(standard(setting)).append(" | ");
            if (single) {
                text.append('`').append(setting.variable()).append("` | ");
            }
            text.append(setting.doc().replace("|", "\\|")).append(" |\n");
        }
    }

    private static String kind(Setting<?> setting) {
        return setting.type().name() + (setting.secret() ? " (secret)" : "") + ", "
                + setting.type().writing();
    }

    private static String standard(Setting<?> setting) {
        if (setting.required()) {
            return "required";
        }
        List<String> standard = setting.standard();
        return standard == null ? "" : "`" + String.join(", ", standard) + "`";
    }
}
