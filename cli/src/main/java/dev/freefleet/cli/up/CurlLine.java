package dev.freefleet.cli.up;

import java.net.URI;
import java.nio.file.Path;

/** A line that asks the fleet something when it is pasted into a shell. */
final class CurlLine {
    static final String QUESTION = "What is SOLO Free Fleet?";

    private CurlLine() {}

    static String of(URI gateway, Path key) {
        return "curl -s " + gateway + "/query -H \"X-API-Key: $(cat " + quoted(key.toString())
                + ")\" -H 'Content-Type: application/json' -d '{\"query\":\"" + QUESTION + "\"}'";
    }

    /** As one word of a POSIX shell, also inside of $( ) in double quotes. */
    private static String quoted(String path) {
        boolean plain = path.chars().allMatch(c -> Character.isLetterOrDigit(c) || "/._-+:@".indexOf(c) >= 0);
        return plain ? path : "'" + path.replace("'", "'\\''") + "'";
    }
}
