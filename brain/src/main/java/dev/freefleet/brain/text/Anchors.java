package dev.freefleet.brain.text;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Anchors of one document: headings as slugs, each unique. */
final class Anchors {

    private static final int MAX_CHARS = 60;

    private final Set<String> used = new HashSet<>();

    /** The heading in lower case with hyphens; the second of a kind ends in {@code -2}. */
    String next(String heading) {
        String slug = slug(heading);
        String anchor = slug;
        for (int i = 2; !used.add(anchor); i++) {
            anchor = slug + "-" + i;
        }
        return anchor;
    }

    private static String slug(String heading) {
        StringBuilder out = new StringBuilder();
        heading.toLowerCase(Locale.ROOT).codePoints().limit(MAX_CHARS).forEach(c -> {
            if (Character.isLetterOrDigit(c)) {
                out.appendCodePoint(c);
            } else if (!out.isEmpty() && out.charAt(out.length() - 1) != '-') {
                out.append('-');
            }
        });
        int end = !out.isEmpty() && out.charAt(out.length() - 1) == '-' ? out.length() - 1 : out.length();
        return end == 0 ? "section" : out.substring(0, end);
    }
}
