package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.CommandException;
import java.util.regex.Pattern;

/**
 * {@code .dev.vars}, the secrets of a Worker on this machine. Wrangler reads it with the parser of dotenv, which has three kinds of
 * quotes and no way to write one within itself: a backslash stays, and {@code \n} and {@code \r} are line breaks in double
 * quotes. "$" stands for itself, since Wrangler expands nothing in this file.
 */
final class DevVars {
    private static final Pattern BARE = Pattern.compile("[!-~&&[^#'\"`]][!-~&&[^#]]*");

    private DevVars() {}

    /** @throws CommandException if no way of writing gives back the value */
    static String line(String name, String value) {
        return name + "=" + written(name, value) + "\n";
    }

    private static String written(String name, String value) {
        // Behind a backslash a quote does not end the value; a carriage return becomes a line feed.
        if (!value.endsWith("\\") && value.indexOf('\r') < 0) {
            if (value.indexOf('\'') < 0) {
                return "'" + value + "'";
            }
            if (value.indexOf('`') < 0) {
                return "`" + value + "`";
            }
            if (value.indexOf('"') < 0 && !value.contains("\\n") && !value.contains("\\r")) {
                return '"' + value + '"';
            }
        }
        if (BARE.matcher(value).matches()) {
            return value;
        }
        throw new CommandException(
                "The secret " + name + " cannot be written so that Wrangler reads it from .dev.vars, because of"
                        + " its quotes, \"#\", line break or last backslash; for edge dev set another in its place (brain.key is"
                        + " ORIGIN_KEY, origin.secret is ORIGIN_SECRET).");
    }
}
