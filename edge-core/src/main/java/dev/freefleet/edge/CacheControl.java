package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directives of one or more {@code Cache-Control} lines (RFC 9111 section 5.2), read once. Directives inside quoted
 * strings are not directives. What cannot be read is read in the way that keeps less: seconds that are no number count
 * as 0, and a directive that is there twice counts with the smaller of its values.
 */
final class CacheControl {
    private static final CacheControl NONE = new CacheControl(List.of(), false);

    private final List<Directive> directives;
    private final boolean broken;

    private record Directive(String name, @Nullable String value) {}

    private CacheControl(List<Directive> directives, boolean broken) {
        this.directives = directives;
        this.broken = broken;
    }

    /** The directives of these lines. */
    static CacheControl parse(List<String> lines) {
        if (lines.isEmpty()) {
            return NONE;
        }
        List<Directive> directives = new ArrayList<>();
        boolean broken = false;
        for (String line : lines) {
            broken |= !parse(line, directives);
        }
        return new CacheControl(List.copyOf(directives), broken); // kept with the answer
    }

    /** Directives with their arguments; "" is none, and {@link TargetedCacheControl#FALSE} takes a directive away. */
    static CacheControl of(Map<String, String> members) {
        List<Directive> directives = new ArrayList<>();
        members.forEach((name, value) -> {
            if (!value.equals(TargetedCacheControl.FALSE)) {
                directives.add(new Directive(name, value.isEmpty() ? null : value));
            }
        });
        return new CacheControl(directives, false);
    }

    /** The directives of this message. */
    static CacheControl of(Fields fields) {
        return parse(fields.all("cache-control"));
    }

    boolean has(String name) {
        return find(name) != null;
    }

    /** Whether the directive is there without an argument, or with one that names no field. */
    boolean hasBare(String name) {
        for (Directive directive : directives) {
            if (directive.name.equals(name) && (directive.value == null || directive.value.isEmpty())) {
                return true;
            }
        }
        return false;
    }

    /** The lower-case field names that the directive's arguments list. */
    List<String> names(String name) {
        List<String> names = List.of();
        for (Directive directive : directives) {
            if (directive.name.equals(name) && directive.value != null) {
                names = names.isEmpty() ? new ArrayList<>() : names;
                names.addAll(Tokens.of(directive.value));
            }
        }
        return names;
    }

    /** The directive's seconds, 0 where they cannot be read, or -1 where the directive is not there. */
    long seconds(String name) {
        long seconds = -1;
        for (Directive directive : directives) {
            if (directive.name.equals(name)) {
                long value = directive.value == null ? 0 : Math.max(0, Ascii.digits(directive.value));
                seconds = seconds < 0 ? value : Math.min(seconds, value);
            }
        }
        return seconds;
    }

    /** Whether a line has an open quoted string, so that nobody knows where its directives end. */
    boolean isBroken() {
        return broken;
    }

    private @Nullable Directive find(String name) {
        for (Directive directive : directives) {
            if (directive.name.equals(name)) {
                return directive;
            }
        }
        return null;
    }

    /** Appends a line's directives; false if a quoted string in it does not end. */
    private static boolean parse(String line, List<Directive> directives) {
        int at = 0;
        while (at < line.length()) {
            int start = at;
            int equals = -1;
            while (at < line.length() && line.charAt(at) != ',') {
                char c = line.charAt(at);
                if (c == '=' && equals < 0) {
                    equals = at;
                }
                if (c == '"') {
                    at = Tokens.endOfQuoted(line, at);
                    if (at < 0) {
                        return false;
                    }
                } else {
                    at++;
                }
            }
            String name = Ascii.trim(line.substring(start, equals < 0 ? at : equals));
            if (!name.isEmpty()) {
                String value = equals < 0 ? null : Tokens.unquote(line.substring(equals + 1, at));
                directives.add(new Directive(Ascii.lower(name), value));
            }
            at++;
        }
        return true;
    }
}
