package dev.freefleet.brain.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A heading and the text under it, up to the next heading.
 *
 * @param anchor unique in the document, made from the heading
 * @param title the heading itself, empty before the first
 * @param heading all headings above the text and this one, from the highest down, joined by {@code " > "}
 * @param pieces the text, each piece fit for a passage; empty under a heading that only holds others
 */
record Section(String anchor, String title, String heading, List<String> pieces) {

    static List<Section> of(List<Block> blocks) {
        List<Section> sections = new ArrayList<>();
        Anchors anchors = new Anchors();
        List<Block.Heading> path = new ArrayList<>();
        Section open = new Section(anchors.next("top"), "", "", new ArrayList<>());
        for (Block block : blocks) {
            switch (block) {
                case Block.Heading next -> {
                    open.addTo(sections);
                    path.removeIf(above -> above.level() >= next.level());
                    path.add(next);
                    String heading = String.join(
                            " > ", path.stream().map(Block.Heading::text).toList());
                    open = new Section(anchors.next(next.text()), next.text(), heading, new ArrayList<>());
                }
                case Block.Prose prose -> open.pieces.addAll(Pieces.of(prose.text(), false));
                case Block.Lines lines -> open.pieces.addAll(Pieces.of(lines.text(), true));
            }
        }
        open.addTo(sections);
        return sections;
    }

    private void addTo(List<Section> sections) {
        if (!title.isEmpty() || !pieces.isEmpty()) {
            sections.add(this);
        }
    }

    String text() {
        return String.join("\n\n", pieces);
    }
}
