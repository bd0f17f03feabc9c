package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text (RFC 8259) strictly: UTF-8 without a byte order mark, no member twice, no lone surrogate, at most
 * {@value #MAX_DEPTH} levels. Two readers could understand anything else differently.
 */
final class JsonReader {
    static final int MAX_DEPTH = 64;

    /** Numbers that only exact arithmetic can judge; a text with more of them is refused, since each costs microseconds. */
    static final int MAX_HARD_NUMBERS = 256;

    private final byte[] text;
    private int at;
    private int hardNumbers;

    private JsonReader(byte[] text) {
        this.text = text;
    }

    /** What is not JSON; without a stack, since it says no more than "no". */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed() {
            super("not strict JSON", null, false, false);
        }
    }

    /** The value, or null where the text is not strict JSON. */
    static @Nullable Json read(byte[] text) {
        JsonReader reader = new JsonReader(text);
        try {
            reader.skipSpace();
            Json value = reader.value(MAX_DEPTH);
            reader.skipSpace();
            return reader.at == text.length ? value : null;
        } catch (Malformed malformed) {
            return null;
        }
    }

    private Json value(int depth) throws Malformed {
        if (depth == 0) {
            throw new Malformed();
        }
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Str(string());
            case 't' -> word("true", new Json.Bool(true));
            case 'f' -> word("false", new Json.Bool(false));
            case 'n' -> word("null", new Json.Null());
            default -> number();
        };
    }

    private Json object(int depth) throws Malformed {
        TreeMap<String, Json> members = new TreeMap<>();
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return new Json.Obj(members);
        }
        while (true) {
            if (peek() != '"') {
                throw new Malformed();
            }
            String name = string();
            skipSpace();
            expect(':');
            skipSpace();
            if (members.put(name, value(depth - 1)) != null) {
                throw new Malformed();
            }
            skipSpace();
            if (peek() == '}') {
                at++;
                return new Json.Obj(members);
            }
            expect(',');
            skipSpace();
        }
    }

    private Json array(int depth) throws Malformed {
        List<Json> items = new ArrayList<>();
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return new Json.Arr(items);
        }
        while (true) {
            items.add(value(depth - 1));
            skipSpace();
            if (peek() == ']') {
                at++;
                return new Json.Arr(items);
            }
            expect(',');
            skipSpace();
        }
    }

    private String string() throws Malformed {
        StringBuilder string = new StringBuilder();
        at++;
        while (true) {
            int c = peek();
            if (c == '"') {
                at++;
                return string.toString();
            }
            if (c >= 0 && c < 0x20) {
                throw new Malformed();
            }
            if (c == '\\') {
                at++;
                escape(string);
            } else {
                int length = Utf8.lengthAt(text, at, text.length);
                if (length < 0) {
                    throw new Malformed();
                }
                string.appendCodePoint(Utf8.codePointAt(text, at, length));
                at += length;
            }
        }
    }

    private void escape(StringBuilder string) throws Malformed {
        int c = peek();
        at++;
        switch (c) {
            case '"', '\\', '/' -> string.append((char) c);
            case 'b' -> string.append('\b');
            case 'f' -> string.append('\f');
            case 'n' -> string.append('\n');
            case 'r' -> string.append('\r');
            case 't' -> string.append('\t');
            case 'u' -> {
                char unit = unit();
                string.append(unit);
                if (Character.isLowSurrogate(unit)) {
                    throw new Malformed();
                }
                if (Character.isHighSurrogate(unit)) {
                    expect('\\');
                    expect('u');
                    char low = unit();
                    if (!Character.isLowSurrogate(low)) {
                        throw new Malformed();
                    }
                    string.append(low);
                }
            }
            default -> throw new Malformed();
        }
    }

    private char unit() throws Malformed {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Ascii.hexValue((char) peek());
            if (digit < 0) {
                throw new Malformed();
            }
            unit = (unit << 4) | digit;
            at++;
        }
        return (char) unit;
    }

    private Json number() throws Malformed {
        int start = at;
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
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
        Decimal decimal = Decimal.read(text, start, at);
        if (!decimal.isEasy() && ++hardNumbers > MAX_HARD_NUMBERS) {
            throw new Malformed();
        }
        return decimal.toJson();
    }

    private void digits() throws Malformed {
        int start = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw new Malformed();
        }
    }

    private Json word(String word, Json value) throws Malformed {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i));
        }
        return value;
    }

    private void expect(char c) throws Malformed {
        if (peek() != c) {
            throw new Malformed();
        }
        at++;
    }

    private int peek() throws Malformed {
        if (at >= text.length) {
            throw new Malformed();
        }
        return text[at];
    }

    private void skipSpace() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
            at++;
        }
    }
}
