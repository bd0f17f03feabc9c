package dev.freefleet.brain.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Plain text and reStructuredText to blocks: blank lines part paragraphs, a line of one punctuation character under a
 * line of text makes that a heading (docutils, "Sections"), indented paragraphs keep their lines.
 */
final class PlainTextReader {

    private static final String UNDERLINES = "=-~^\"'`#*+:.";

    /** Underline characters in the order of their first use: reStructuredText gives them no fixed rank. */
    private final List<Character> ranks = new ArrayList<>();

    private final List<Block> blocks = new ArrayList<>();
    private final List<String> paragraph = new ArrayList<>();

    private PlainTextReader() {}

    static ParsedDocument read(String text) {
        PlainTextReader reader = new PlainTextReader();
        reader.lines(text.lines().toList());
        return new ParsedDocument(Titles.firstHeading(reader.blocks), null, reader.blocks, List.of());
    }

    private void lines(List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank()) {
                flush();
            } else if (isOverline(lines, i)) {
                flush();
            } else if (i + 1 < lines.size() && isUnderline(line, lines.get(i + 1))) {
                flush();
                blocks.add(new Block.Heading(rank(lines.get(i + 1).charAt(0)), line.strip()));
                i++;
            } else {
                paragraph.add(line);
            }
        }
        flush();
    }

    private static boolean isOverline(List<String> lines, int i) {
        return i + 2 < lines.size()
                && isRule(lines.get(i))
                && lines.get(i).strip().equals(lines.get(i + 2).strip())
                && isUnderline(lines.get(i + 1), lines.get(i + 2));
    }

    private static boolean isUnderline(String line, String under) {
        return isRule(under)
                && !isRule(line)
                && !line.isBlank()
                && under.strip().length() >= line.strip().length();
    }

    private static boolean isRule(String line) {
        String bare = line.stripTrailing();
        return bare.length() >= 3
                && UNDERLINES.indexOf(bare.charAt(0)) >= 0
                && bare.chars().allMatch(c -> c == bare.charAt(0));
    }

    private int rank(char underline) {
        if (!ranks.contains(underline)) {
            ranks.add(underline);
        }
        return ranks.indexOf(underline) + 1;
    }

    private void flush() {
        if (paragraph.isEmpty()) {
            return;
        }
        String text = String.join("\n", paragraph);
        boolean indented = paragraph.stream().allMatch(line -> Character.isWhitespace(line.charAt(0)));
        blocks.add(indented ? new Block.Lines(text.strip()) : new Block.Prose(Spaces.collapse(text)));
        paragraph.clear();
    }
}
