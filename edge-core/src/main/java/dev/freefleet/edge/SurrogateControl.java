package dev.freefleet.edge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code Surrogate-Control} (W3C Note "Edge Architecture Specification", 2001), the elder of the targeted fields,
 * which origins still send: {@code max-age} and {@code no-store}, each for every surrogate or for the one that is named
 * behind a semicolon.
 */
final class SurrogateControl {
    /** What this surrogate is called, and how it says so to the origin. */
    static final String CAPABILITY = "fleet=\"Surrogate/1.0\"";

    private static final String NAME = "fleet";

    private SurrogateControl() {}

    /** The directives that are for us, or null where none is. */
    static @Nullable CacheControl parse(List<String> lines) {
        Map<String, String> members = new LinkedHashMap<>();
        for (String line : lines) {
            for (String member : Tokens.of(line)) {
                read(member, members);
            }
        }
        return members.isEmpty() ? null : CacheControl.of(members);
    }

    private static void read(String member, Map<String, String> members) {
        int semicolon = member.indexOf(';');
        String target = semicolon < 0 ? NAME : Ascii.trim(member.substring(semicolon + 1));
        String directive = Ascii.trim(semicolon < 0 ? member : member.substring(0, semicolon));
        if (!target.equals(NAME)) {
            return;
        }
        if (directive.equals("no-store")) {
            members.put(directive, "");
        } else if (directive.startsWith("max-age=")) {
            String age = directive.substring("max-age=".length());
            int plus = age.indexOf('+');
            members.put("max-age", plus < 0 ? age : age.substring(0, plus));
            if (plus >= 0) {
                members.put("stale-while-revalidate", age.substring(plus + 1));
            }
        }
    }
}
