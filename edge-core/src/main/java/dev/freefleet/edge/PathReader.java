package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/** Reads a raw path into its canonical form. */
final class PathReader {
    private PathReader() {}

    /** Appends the canonical form of {@code raw}; what is wrong with it, or null. */
    static @Nullable String read(String raw, StringBuilder path) {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            int value = c;
            if (c == '%') {
                value = Target.percent(raw, i);
                if (value < 0) {
                    return "The path holds a \"%\" that two hexadecimal digits do not follow.";
                }
                if (value < 0x20 || value == 0x7f || value == '/' || value == '\\') {
                    return "The path holds an encoded control character, slash or backslash.";
                }
                i += 2;
                append(path, value);
            } else if (isUnreserved(c) || "!$&'()*+,;=:@/".indexOf(c) >= 0) {
                path.append(c);
            } else {
                return "The path holds a character that must be percent-encoded.";
            }
            bytes[length++] = (byte) value;
        }
        if (!Utf8.isValid(bytes, length)) {
            return "The path is not UTF-8.";
        }
        return segmentFault(path);
    }

    /** Segments that change the path's structure: empty ones (but for a last one), "." and "..". */
    private static @Nullable String segmentFault(CharSequence path) {
        int start = 1;
        while (true) {
            int end = start;
            while (end < path.length() && path.charAt(end) != '/') {
                end++;
            }
            int length = end - start;
            boolean last = end == path.length();
            if (length == 0 && !last) {
                return "The path holds an empty segment (\"//\").";
            }
            if (length > 0 && length <= 2 && path.charAt(start) == '.' && path.charAt(end - 1) == '.') {
                return "The path holds a dot segment (\".\" or \"..\").";
            }
            if (last) {
                return null;
            }
            start = end + 1;
        }
    }

    /** RFC 3986 section 2.3. */
    static boolean isUnreserved(int c) {
        return c < 0x7f && (Ascii.isDigit((char) c) || Ascii.isAlpha((char) c) || "-._~".indexOf(c) >= 0);
    }

    /** Appends a byte: an unreserved character as itself, everything else encoded. */
    static void append(StringBuilder text, int value) {
        if (isUnreserved(value)) {
            text.append((char) value);
        } else {
            String hex = "0123456789ABCDEF";
            text.append('%').append(hex.charAt(value >> 4)).append(hex.charAt(value & 15));
        }
    }
}
