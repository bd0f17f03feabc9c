package dev.freefleet.brain.text;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The formats that a Brain reads. */
public enum DocumentFormat {
    /** CommonMark with tables and front matter: {@code .md}, {@code .markdown}. */
    MARKDOWN,
    /** HTML: {@code .html}, {@code .htm}. */
    HTML,
    /** Plain text with underlined headings: {@code .txt}, {@code .rst}. */
    TEXT;

    /** The format of a file by its name's ending, or null when it is none of ours. */
    public static @Nullable DocumentFormat ofFileName(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "md", "markdown" -> MARKDOWN;
            case "html", "htm" -> HTML;
            case "txt", "rst" -> TEXT;
            default -> null;
        };
    }

    /** Reads a document; any text is accepted, nothing is thrown for bad markup. */
    public ParsedDocument parse(String text) {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return switch (this) {
            case MARKDOWN -> MarkdownReader.read(content);
            case HTML -> HtmlReader.read(content);
            case TEXT -> PlainTextReader.read(content);
        };
    }

    /** The name in answers: {@code markdown}, {@code html}, {@code text}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
