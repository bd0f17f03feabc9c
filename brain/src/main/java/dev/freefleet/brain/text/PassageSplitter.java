package dev.freefleet.brain.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Cuts a document into passages: never across a heading, between paragraphs where it can, between sentences or lines
 * where a paragraph is too long, and inside a sentence only when that alone is too long. No text is lost.
 */
public final class PassageSplitter {

    /** No passage has more words; the sentence model was trained on texts of about this length. */
    public static final int MAX_WORDS = 160;

    /** No passage has more characters. */
    public static final int MAX_CHARS = 2_000;

    private static final int MAX_SLUG = 60;

    private final List<Passage> passages = new ArrayList<>();
    private final List<Block.Heading> path = new ArrayList<>();
    private final Map<String, Integer> slugUses = new HashMap<>();
    private final StringBuilder current = new StringBuilder();
    private String slug = "top";
    private int partOfSection;

    private PassageSplitter() {
        slugUses.put(slug, 1);
    }

    /** The passages of the blocks, in order. */
    public static List<Passage> split(List<Block> blocks) {
        PassageSplitter splitter = new PassageSplitter();
        for (int i = 0; i < blocks.size(); i++) {
            switch (blocks.get(i)) {
                case Block.Heading heading -> {
                    splitter.close();
                    splitter.enter(heading);
                    if (isLeaf(blocks, i)) {
                        splitter.append(heading.text(), false);
                    }
                }
                case Block.Prose prose -> splitter.append(prose.text(), false);
                case Block.Lines lines -> splitter.append(lines.text(), true);
            }
        }
        splitter.close();
        return List.copyOf(splitter.passages);
    }

    /** A heading with nothing under it would otherwise be in no passage at all. */
    private static boolean isLeaf(List<Block> blocks, int i) {
        return i + 1 == blocks.size()
                || (blocks.get(i + 1) instanceof Block.Heading next
                        && next.level() <= ((Block.Heading) blocks.get(i)).level());
    }

    private void enter(Block.Heading heading) {
        path.removeIf(above -> above.level() >= heading.level());
        path.add(heading);
        String base = slug(heading.text());
        int use = slugUses.merge(base, 1, Integer::sum);
        slug = use == 1 ? base : base + "-" + use;
        while (use > 1 && slugUses.putIfAbsent(slug, 1) != null) {
            use++;
            slug = base + "-" + use;
        }
        partOfSection = 0;
    }

    private void append(String text, boolean lines) {
        for (String piece : Pieces.of(text, lines)) {
            boolean full = Spaces.words(current) + Spaces.words(piece) > MAX_WORDS
                    || current.length() + 2 + piece.length() > MAX_CHARS;
            if (!current.isEmpty() && full) {
                close();
            }
            if (!current.isEmpty()) {
                current.append("\n\n");
            }
            current.append(piece);
        }
    }

    private void close() {
        if (current.isEmpty()) {
            return;
        }
        partOfSection++;
        String anchor = partOfSection == 1 ? slug : slug + "." + partOfSection;
        String heading =
                String.join(" > ", path.stream().map(Block.Heading::text).toList());
        passages.add(new Passage(anchor, heading, passages.size(), current.toString()));
        current.setLength(0);
    }

    private static String slug(String heading) {
        StringBuilder out = new StringBuilder();
        heading.toLowerCase(Locale.ROOT).codePoints().limit(MAX_SLUG).forEach(c -> {
            if (Character.isLetterOrDigit(c)) {
                out.appendCodePoint(c);
            } else if (!out.isEmpty() && out.charAt(out.length() - 1) != '-') {
                out.append('-');
            }
        });
        int end = out.length() > 0 && out.charAt(out.length() - 1) == '-' ? out.length() - 1 : out.length();
        return end == 0 ? "section" : out.substring(0, end);
    }
}
