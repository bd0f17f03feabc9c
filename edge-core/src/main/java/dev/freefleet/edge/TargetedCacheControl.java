package dev.freefleet.edge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a targeted cache control field: a dictionary of structured fields (RFC 9651 section 4.2.2), whose integers and
 * true booleans are cache directives (RFC 9213 section 2.1). One that cannot be read whole, or that is empty, counts as
 * if it were not there.
 */
final class TargetedCacheControl {
    private final String text;
    private int at;

    private TargetedCacheControl(String text) {
        this.text = text;
    }

    /** The directives, or null where the field is to be ignored. */
    static @Nullable CacheControl parse(String text) {
        Map<String, String> members = new LinkedHashMap<>();
        TargetedCacheControl reader = new TargetedCacheControl(Ascii.trim(text));
        return reader.dictionary(members) && !members.isEmpty() ? CacheControl.of(members) : null;
    }

    private boolean dictionary(Map<String, String> members) {
        while (at < text.length()) {
            String key = key();
            if (key == null) {
                return false;
            }
            String value = "";
            if (accept('=')) {
                value = item();
            }
            if (value == null || !parameters()) {
                return false;
            }
            members.put(key, value);
            skipBlanks();
            if (at == text.length()) {
                return true;
            }
            if (!accept(',')) {
                return false;
            }
            skipBlanks();
            if (at == text.length()) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String key() {
        int start = at;
        while (at < text.length() && isKey(text.charAt(at), at == start)) {
            at++;
        }
        return at == start ? null : text.substring(start, at);
    }

    private static boolean isKey(char c, boolean first) {
        return (c >= 'a' && c <= 'z') || c == '*' || (!first && (Ascii.isDigit(c) || c == '_' || c == '-' || c == '.'));
    }

    private boolean parameters() {
        while (accept(';')) {
            skipBlanks();
            if (key() == null || (accept('=') && item() == null)) {
                return false;
            }
        }
        return true;
    }

    /** A bare item as the argument of a directive; null where there is none. What no directive takes is opaque. */
    private @Nullable String item() {
        if (at == text.length()) {
            return null;
        }
        char c = text.charAt(at);
        if (c == '"') {
            int end = Tokens.endOfQuoted(text, at);
            String item = end < 0 ? null : text.substring(at, end);
            at = end;
            return item;
        }
        if (c == '?') {
            String bool = text.substring(at, Math.min(at + 2, text.length()));
            at += 2;
            return bool.equals("?1") ? "" : bool.equals("?0") ? FALSE : null;
        }
        int start = at;
        while (at < text.length() && (Ascii.isToken(text.charAt(at)) || ":/=".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        return at == start ? null : text.substring(start, at);
    }

    /** What a directive that is expressly false has for a value. */
    static final String FALSE = "?0";

    private boolean accept(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void skipBlanks() {
        while (at < text.length() && Ascii.isBlank(text.charAt(at))) {
            at++;
        }
    }
}
