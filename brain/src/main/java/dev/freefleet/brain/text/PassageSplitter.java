package dev.freefleet.brain.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a document into passages: at headings, but sections of a few words stay with their neighbour, for alone they
 * would mean little; between paragraphs where a section is too long, between sentences or lines where a paragraph is, and
 * inside a sentence only when that alone is too long. No text is lost, and no heading is.
 */
public final class PassageSplitter {

    /** No passage has more words; the sentence model was trained on texts of about this length. */
    public static final int MAX_WORDS = 160;

    /** No passage has more characters. */
    public static final int MAX_CHARS = 2_000;

    /** A section with fewer words is joined to its neighbour when both fit one passage. */
    static final int SMALL_WORDS = 60;

    private static final String BREAK = "\n\n";

    private final List<Passage> passages = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();
    private String anchor = "";
    private String heading = "";
    private int part;

    private PassageSplitter() {}

    /** The passages of the blocks, in order. */
    public static List<Passage> split(List<Block> blocks) {
        PassageSplitter splitter = new PassageSplitter();
        Section.of(blocks).forEach(splitter::take);
        splitter.close();
        return List.copyOf(splitter.passages);
    }

    private void take(Section section) {
        String joined = section.title().isEmpty() ? section.text() : section.title() + BREAK + section.text();
        boolean small = Spaces.words(current) < SMALL_WORDS || Spaces.words(section.text()) < SMALL_WORDS;
        if (!current.isEmpty() && small && fits(joined)) {
            current.append(BREAK).append(joined.strip());
            return;
        }
        close();
        anchor = section.anchor();
        heading = section.heading();
        part = 0;
        for (String piece : section.pieces()) {
            if (!current.isEmpty() && !fits(piece)) {
                close();
            }
            current.append(current.isEmpty() ? "" : BREAK).append(piece);
        }
        if (current.isEmpty()) {
            current.append(section.title());
        }
    }

    private boolean fits(String next) {
        return Spaces.words(current) + Spaces.words(next) <= MAX_WORDS
                && current.length() + BREAK.length() + next.length() <= MAX_CHARS;
    }

    private void close() {
        if (!current.isEmpty()) {
            part++;
            String id = part == 1 ? anchor : anchor + "." + part;
            passages.add(new Passage(id, heading, passages.size(), current.toString()));
            current.setLength(0);
        }
    }
}
