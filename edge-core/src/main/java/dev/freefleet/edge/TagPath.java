package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A JSON pointer (RFC 6901) of {@link AnswerTags}, taken apart once. Immutable. */
final class TagPath {
    private static final byte[] BACKSLASH = {'\\'};
    private static final int EVERY = -2;

    private final List<String> segments;
    /** The same in quotes, as JSON without escapes has it. */
    private final byte[][] names;

    /** What a segment means in an array: an index, {@link #EVERY} or -1. */
    private final int[] indices;

    /**
     * Takes a pointer apart.
     *
     * @throws IllegalArgumentException if it is none
     */
    TagPath(String pointer) {
        this.segments = List.copyOf(segments(pointer));
        this.names = new byte[segments.size()][];
        this.indices = new int[segments.size()];
        for (int i = 0; i < names.length; i++) {
            String segment = segments.get(i);
            names[i] = ('"' + segment + '"').getBytes(StandardCharsets.UTF_8);
            if (!new String(names[i], StandardCharsets.UTF_8).equals('"' + segment + '"')) {
                throw malformed(pointer); // half a character, which no JSON holds
            }
            indices[i] = segment.equals(AnswerTags.ANY) ? EVERY : index(segment);
        }
    }

    List<String> segments() {
        return segments;
    }

    /** Whether there is a segment after so many. */
    boolean goesOn(int level) {
        return level < names.length;
    }

    /** Whether that segment stands for every element or member. */
    boolean isAny(int level) {
        return indices[level] == EVERY;
    }

    /** Whether that segment is this name, which is written without escapes. */
    boolean isName(int level, byte[] text, int start, int end) {
        byte[] name = names[level];
        if (name.length - 2 != end - start) {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (name[i - start + 1] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is a segment after so many, and it takes this element of an array. */
    boolean isIndex(int level, int index) {
        return level < names.length && (indices[level] == index || isAny(level));
    }

    /** Whether the path can lead to something in this content; tells without reading JSON. */
    boolean canMatch(byte[] content) {
        for (int i = 0; i < names.length; i++) {
            if (indices[i] == -1 && !occurs(names[i], content)) {
                return occurs(BACKSLASH, content); // a member's name may be written with escapes
            }
        }
        return true;
    }

    private static boolean occurs(byte[] wanted, byte[] content) {
        for (int i = 0; i <= content.length - wanted.length; i++) {
            int same = 0;
            while (same < wanted.length && content[i + same] == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return true;
            }
        }
        return false;
    }

    /** RFC 6901 section 4: digits without a leading zero; -1 for anything else. */
    static int index(String segment) {
        boolean canonical = segment.length() == 1 || !segment.startsWith("0");
        return segment.isEmpty() || segment.length() > 9 || !canonical ? -1 : (int) Ascii.digits(segment);
    }

    private static List<String> segments(String pointer) {
        List<String> segments = new ArrayList<>();
        if (pointer.isEmpty()) {
            return segments;
        }
        if (!pointer.startsWith("/")) {
            throw malformed(pointer);
        }
        StringBuilder segment = new StringBuilder();
        for (int i = 1; i < pointer.length(); i++) {
            char c = pointer.charAt(i);
            if (c == '/') {
                segments.add(segment.toString());
                segment.setLength(0);
            } else if (c == '~') {
                char escaped = ++i < pointer.length() ? pointer.charAt(i) : ' ';
                if (escaped != '0' && escaped != '1') {
                    throw malformed(pointer);
                }
                segment.append(escaped == '0' ? '~' : '/');
            } else {
                segment.append(c);
            }
        }
        segments.add(segment.toString());
        return segments;
    }

    private static IllegalArgumentException malformed(String pointer) {
        return new IllegalArgumentException(
                "a tag pointer must be a JSON pointer such as /sources/*/id, but one is \"" + pointer + "\"");
    }
}
