package dev.freefleet.cli.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.client.Table;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fleet config check|print}. */
@Command(
        name = "config",
        description = "Check and show the configuration.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
public final class ConfigCommand {
    private ConfigCommand() {}

    /** The command with what is below it. */
    public static CommandLine with(Surroundings surroundings) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new Check(surroundings))
                .addSubcommand(new Print(surroundings));
    }

    private static ConfigLoader.Loaded load(Surroundings surroundings, DataOption options) {
        return new ConfigLoader(surroundings.home(), surroundings.workingDirectory(), surroundings.environment())
                .load(options.flags());
    }

    @Command(
            name = "check",
            description = "Tell everything that is wrong with the configuration; exit code 2 if anything is.",
            mixinStandardHelpOptions = true)
    static final class Check implements Runnable {
        private final Surroundings surroundings;

        @Mixin
        private final DataOption options = new DataOption();

        Check(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        @Override
        public void run() {
            load(surroundings, options);
            surroundings.out().println("The configuration is right.");
        }
    }

    @Command(
            name = "print",
            description = "Show every setting and where its value comes from; secrets are masked.",
            mixinStandardHelpOptions = true)
    static final class Print implements Runnable {
        private final Surroundings surroundings;

        @Mixin
        private final DataOption options = new DataOption();

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        Print(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        @Override
        public void run() {
            ConfigLoader.Loaded loaded = load(surroundings, options);
            if (json) {
                ArrayNode array = new ObjectMapper().createArrayNode();
                loaded.settings().forEach(setting -> array.add(json(array, setting)));
                surroundings.out().println(array.toPrettyString());
            } else {
                Table table = new Table("SETTING", "VALUE", "FROM");
                loaded.settings()
                        .forEach(setting -> table.row(
                                setting.path(),
                                String.join(", ", setting.values()),
                                setting.source().toString()));
                table.print(surroundings.out());
            }
        }

        private static ObjectNode json(ArrayNode array, EffectiveSetting setting) {
            ObjectNode object = array.objectNode().put("setting", setting.path());
            if (setting.list()) {
                ArrayNode values = object.putArray("value");
                setting.values().forEach(values::add);
            } else {
                object.put(
                        "value",
                        setting.values().isEmpty() ? null : setting.values().getFirst());
            }
            return object.put("from", setting.source().toString());
        }
    }
}
