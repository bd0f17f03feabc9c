package dev.freefleet.cli;

import dev.freefleet.cli.client.Surroundings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs commands in this process, as a shell in a folder would. */
public final class CommandLineTool {
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private Clock clock = Clock.systemUTC();

    /** What a command did. */
    public record Outcome(int code, String out, String err) {
        /** The lines for people. */
        public List<String> errors() {
            return err.lines().toList();
        }
    }

    /** @param folder the project's folder and the current one */
    public CommandLineTool(Path folder) {
        this.folder = folder;
    }

    public CommandLineTool with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Sets what the commands take for the time of day. */
    public CommandLineTool at(Clock now) {
        clock = now;
        return this;
    }

    public Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Surroundings surroundings = new Surroundings(
                folder, folder, environment, new PrintWriter(out, true), new PrintWriter(err, true), false, clock);
        int code = Commands.run(surroundings, arguments);
        return new Outcome(code, out.toString(), err.toString());
    }
}
