package dev.freefleet.brain.text;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.CustomNode;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.jsoup.Jsoup;

/** Markdown to blocks. */
final class MarkdownReader extends AbstractVisitor {

    /** Bounds the tree's depth, and with it the stack of the visitor below. */
    private static final int MAX_NESTING = 64;

    private static final Parser PARSER = Parser.builder()
            .extensions(List.of(TablesExtension.create()))
            .maxOpenBlockParsers(MAX_NESTING)
            .maxInlineNesting(MAX_NESTING)
            .build();

    private final List<Block> blocks = new ArrayList<>();
    private final List<String> links = new ArrayList<>();
    private final StringBuilder inline = new StringBuilder();

    private MarkdownReader() {}

    static ParsedDocument read(String text) {
        FrontMatter front = FrontMatter.split(text);
        MarkdownReader reader = new MarkdownReader();
        PARSER.parse(front.body()).accept(reader);
        String title = front.title() != null ? front.title() : Titles.firstHeading(reader.blocks);
        return new ParsedDocument(title, front.date(), reader.blocks, reader.links);
    }

    @Override
    public void visit(Heading heading) {
        String text = inlineText(heading);
        if (!text.isEmpty()) {
            blocks.add(new Block.Heading(heading.getLevel(), text));
        }
    }

    @Override
    public void visit(Paragraph paragraph) {
        addProse(inlineText(paragraph));
    }

    @Override
    public void visit(FencedCodeBlock code) {
        addLines(code.getLiteral());
    }

    @Override
    public void visit(IndentedCodeBlock code) {
        addLines(code.getLiteral());
    }

    @Override
    public void visit(HtmlBlock html) {
        addProse(Jsoup.parseBodyFragment(html.getLiteral()).text().strip());
    }

    @Override
    public void visit(CustomBlock block) {
        if (block instanceof TableBlock) {
            StringBuilder table = new StringBuilder();
            rows(block, table);
            addLines(table.toString());
        } else {
            visitChildren(block);
        }
    }

    private void rows(Node parent, StringBuilder table) {
        for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) {
            if (child instanceof TableRow row) {
                String separator = "";
                for (Node cell = row.getFirstChild(); cell != null; cell = cell.getNext()) {
                    table.append(separator).append(inlineText(cell));
                    separator = " | ";
                }
                table.append('\n');
            } else if (child instanceof CustomNode || child instanceof CustomBlock) {
                rows(child, table);
            }
        }
    }

    @Override
    public void visit(CustomNode node) {
        if (!(node instanceof TableCell)) {
            visitChildren(node);
        }
    }

    @Override
    public void visit(Text text) {
        inline.append(text.getLiteral());
    }

    @Override
    public void visit(Code code) {
        inline.append(code.getLiteral());
    }

    @Override
    public void visit(SoftLineBreak lineBreak) {
        inline.append(' ');
    }

    @Override
    public void visit(HardLineBreak lineBreak) {
        inline.append(' ');
    }

    @Override
    public void visit(Link link) {
        links.add(link.getDestination());
        visitChildren(link);
    }

    private String inlineText(Node parent) {
        inline.setLength(0);
        visitChildren(parent);
        return Spaces.collapse(inline);
    }

    private void addProse(String text) {
        if (!text.isEmpty()) {
            blocks.add(new Block.Prose(text));
        }
    }

    private void addLines(String text) {
        if (!text.isBlank()) {
            blocks.add(new Block.Lines(text.strip()));
        }
    }
}
