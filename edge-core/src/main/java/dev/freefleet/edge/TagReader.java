package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads tags off JSON in one pass over its bytes, as strictly as {@link JsonReader} but without building a document, which
 * costs a stored answer several times as much. What is rare it leaves to the document: names written with escapes, tags
 * with escapes, objects of many members, members in the order of their names ({@code *} in an object), and whatever is
 * wrong.
 */
final class TagReader {
    /** Names of an object are compared with one another; more would be slower than sorting them. */
    private static final int MAX_MEMBERS = 64;

    private static final int EASY_DIGITS = 15;

    private final List<TagPath> paths;
    private final List<Set<String>> found;
    private final byte[] text;
    private int at;
    private int hardNumbers;
    /** Where the names of the objects that are open begin and end, in turn. */
    private int[] names = new int[32];

    private int named;

    private TagReader(List<TagPath> paths, byte[] text) {
        this.paths = paths;
        this.text = text;
        this.found = new ArrayList<>(paths.size());
    }

    /** What only the document can tell; without a stack, since it says no more than that. */
    private static final class Unsure extends Exception {
        private static final long serialVersionUID = 1L;

        Unsure() {
            super("to be read as a document", null, false, false);
        }
    }

    /** The tags, each once, in the order of the paths and the text; null where only the document tells them. */
    static @Nullable List<String> read(List<TagPath> paths, byte[] text) {
        TagReader reader = new TagReader(paths, text);
        paths.forEach(path -> reader.found.add(new LinkedHashSet<>(4)));
        try {
            reader.skipSpace();
            reader.value(JsonReader.MAX_DEPTH, 0, (1 << paths.size()) - 1);
            reader.skipSpace();
            return reader.at == text.length ? reader.tags() : null;
        } catch (Unsure unsure) {
            return null;
        }
    }

    private @Nullable List<String> tags() {
        Set<String> tags = found.getFirst();
        for (Set<String> more : found) {
            tags.addAll(more);
        }
        return tags.size() > AnswerTags.MAX_TAGS ? null : List.copyOf(tags);
    }

    /**
     * Reads a value.
     *
     * @param level how many names and indices led here
     * @param alive a bit for each path whose segments up to here agree with them
     */
    private void value(int depth, int level, int alive) throws Unsure {
        if (depth == 0) {
            throw new Unsure();
        }
        switch (peek()) {
            case '{' -> object(depth, level, alive);
            case '[' -> array(depth, level, alive);
            case '"' -> string(level, alive);
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number(level, alive);
        }
    }

    private void object(int depth, int level, int alive) throws Unsure {
        int first = named;
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return;
        }
        while (true) {
            int agreeing = name(first, level, alive);
            skipSpace();
            expect(':');
            skipSpace();
            value(depth - 1, level + 1, agreeing);
            skipSpace();
            if (peek() == '}') {
                at++;
                named = first;
                return;
            }
            expect(',');
            skipSpace();
        }
    }

    /** Reads a member's name; the paths that agree with it. */
    private int name(int first, int level, int alive) throws Unsure {
        expect('"');
        int start = at;
        if (skipString()) {
            throw new Unsure();
        }
        int end = at - 1;
        for (int i = first; i < named; i += 2) {
            if (names[i + 1] - names[i] == end - start && same(names[i], start, end - start)) {
                throw new Unsure();
            }
        }
        if (named - first == 2 * MAX_MEMBERS) {
            throw new Unsure();
        }
        if (named == names.length) {
            names = Arrays.copyOf(names, 2 * named);
        }
        names[named++] = start;
        names[named++] = end;
        int agreeing = 0;
        for (int i = 0; alive >> i != 0; i++) {
            if ((alive >> i & 1) != 0 && paths.get(i).goesOn(level)) {
                TagPath path = paths.get(i);
                if (path.isAny(level)) {
                    throw new Unsure();
                }
                agreeing |= path.isName(level, text, start, end) ? 1 << i : 0;
            }
        }
        return agreeing;
    }

    private boolean same(int one, int other, int length) {
        for (int i = 0; i < length; i++) {
            if (text[one + i] != text[other + i]) {
                return false;
            }
        }
        return true;
    }

    private void array(int depth, int level, int alive) throws Unsure {
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return;
        }
        for (int index = 0; true; index++) {
            int agreeing = 0;
            for (int i = 0; alive >> i != 0; i++) {
                if ((alive >> i & 1) != 0 && paths.get(i).isIndex(level, index)) {
                    agreeing |= 1 << i;
                }
            }
            value(depth - 1, level + 1, agreeing);
            skipSpace();
            if (peek() == ']') {
                at++;
                return;
            }
            expect(',');
            skipSpace();
        }
    }

    private void string(int level, int alive) throws Unsure {
        at++;
        int start = at;
        boolean escapes = skipString();
        if (leadsHere(level, alive)) {
            if (escapes) {
                throw new Unsure();
            }
            add(new String(text, start, at - 1 - start, StandardCharsets.UTF_8), level, alive);
        }
    }

    private boolean leadsHere(int level, int alive) {
        for (int i = 0; alive >> i != 0; i++) {
            if ((alive >> i & 1) != 0 && !paths.get(i).goesOn(level)) {
                return true;
            }
        }
        return false;
    }

    private void add(String tag, int level, int alive) throws Unsure {
        for (int i = 0; alive >> i != 0; i++) {
            if ((alive >> i & 1) != 0 && !paths.get(i).goesOn(level)) {
                Set<String> tags = found.get(i);
                tags.add(tag);
                if (tag.length() > AnswerTags.MAX_LENGTH || tags.size() > AnswerTags.MAX_TAGS) {
                    throw new Unsure();
                }
            }
        }
    }

    /** Goes behind the closing quote; whether there were escapes. */
    private boolean skipString() throws Unsure {
        boolean escapes = false;
        while (true) {
            int c = peek();
            if (c == '"') {
                at++;
                return escapes;
            }
            if (c == '\\') {
                escapes = true;
                at++;
                skipEscape();
            } else if (c >= 0x20) {
                at++;
            } else {
                int length = c >= 0 ? -1 : Utf8.lengthAt(text, at, text.length);
                if (length < 0) {
                    throw new Unsure();
                }
                at += length;
            }
        }
    }

    private void skipEscape() throws Unsure {
        int c = peek();
        at++;
        switch (c) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {}
            case 'u' -> {
                char unit = unit();
                if (Character.isLowSurrogate(unit)) {
                    throw new Unsure();
                }
                if (Character.isHighSurrogate(unit)) {
                    expect('\\');
                    expect('u');
                    if (!Character.isLowSurrogate(unit())) {
                        throw new Unsure();
                    }
                }
            }
            default -> throw new Unsure();
        }
    }

    private char unit() throws Unsure {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Ascii.hexValue((char) peek());
            if (digit < 0) {
                throw new Unsure();
            }
            unit = (unit << 4) | digit;
            at++;
        }
        return (char) unit;
    }

    private void number(int level, int alive) throws Unsure {
        int start = at;
        boolean exponent = false;
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (at < text.length && text[at] == '.') {
            at++;
            digits();
        }
        if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
            exponent = true;
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        boolean wanted = leadsHere(level, alive);
        if (!wanted && !exponent && at - start <= EASY_DIGITS) {
            return;
        }
        Decimal decimal = Decimal.read(text, start, at);
        if (!decimal.isEasy() && ++hardNumbers > JsonReader.MAX_HARD_NUMBERS) {
            throw new Unsure();
        }
        if (wanted) {
            Json.Num num = decimal.toJson();
            add(EcmaNumber.text(num.negative(), num.magnitude()), level, alive);
        }
    }

    private void digits() throws Unsure {
        int start = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw new Unsure();
        }
    }

    private void word(String word) throws Unsure {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i));
        }
    }

    private void expect(char c) throws Unsure {
        if (peek() != c) {
            throw new Unsure();
        }
        at++;
    }

    private int peek() throws Unsure {
        if (at >= text.length) {
            throw new Unsure();
        }
        return text[at];
    }

    private void skipSpace() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
            at++;
        }
    }
}
