package dev.freefleet.brain.text;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The {@code ---} block that many Markdown collections open a file with. Only {@code title} and {@code date} are used, so
 * that no YAML from outside is ever interpreted.
 */
record FrontMatter(@Nullable String title, @Nullable LocalDate date, String body) {

    private static final int MAX_LINES = 200;

    static FrontMatter split(String text) {
        if (!text.startsWith("---\n") && !text.startsWith("---\r\n")) {
            return new FrontMatter(null, null, text);
        }
        String title = null;
        LocalDate date = null;
        int start = text.indexOf('\n') + 1;
        for (int line = 0; line < MAX_LINES && start < text.length(); line++) {
            int end = text.indexOf('\n', start);
            int next = end < 0 ? text.length() : end + 1;
            String content =
                    text.substring(start, end < 0 ? text.length() : end).strip();
            if (content.equals("---") || content.equals("...")) {
                return new FrontMatter(title, date, text.substring(next));
            }
            if (content.startsWith("title:")) {
                title = unquoted(content.substring(6));
            } else if (content.startsWith("date:")) {
                String stated = unquoted(content.substring(5));
                date = stated == null ? null : Dates.ofStart(stated);
            }
            start = next;
        }
        return new FrontMatter(null, null, text);
    }

    private static @Nullable String unquoted(String value) {
        String bare = value.strip();
        boolean quoted = bare.length() > 1
                && (bare.charAt(0) == '"' || bare.charAt(0) == '\'')
                && bare.charAt(bare.length() - 1) == bare.charAt(0);
        bare = quoted ? bare.substring(1, bare.length() - 1).strip() : bare;
        return bare.isEmpty() ? null : bare;
    }
}
