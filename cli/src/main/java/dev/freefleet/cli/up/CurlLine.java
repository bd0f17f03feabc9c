package dev.freefleet.cli.up;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A line that asks the fleet something when it is pasted into a shell. */
final class CurlLine {
    static final String QUESTION = "What is SOLO Free Fleet?";

    private CurlLine() {}

    /** @param trusted a certificate that curl does not know and shall trust, or null */
    static String of(URI gateway, Path key, @Nullable Path trusted) {
        return "curl -s " + trust(gateway, trusted) + gateway + "/query -H \"X-API-Key: $(cat " + quoted(key.toString())
                + ")\" -H 'Content-Type: application/json' -d '{\"query\":\"" + QUESTION + "\"}'";
    }

    /** A certificate that somebody issued names another host than the address on this machine, which stays on it anyway. */
    private static String trust(URI gateway, @Nullable Path trusted) {
        if (trusted != null) {
            return "--cacert " + quoted(trusted.toString()) + " ";
        }
        return gateway.getScheme().equals("https") ? "-k " : "";
    }

    /** As one word of a POSIX shell, also inside of $( ) in double quotes. */
    private static String quoted(String path) {
        boolean plain = path.chars().allMatch(c -> Character.isLetterOrDigit(c) || "/._-+:@".indexOf(c) >= 0);
        return plain ? path : "'" + path.replace("'", "'\\''") + "'";
    }
}
