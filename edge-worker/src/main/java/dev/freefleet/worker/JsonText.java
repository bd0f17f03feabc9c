package dev.freefleet.worker;

import dev.freefleet.edge.Fields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259), member by member. Not thread-safe. */
final class JsonText {
    private static final String HEX = "0123456789abcdef";
    private final StringBuilder text = new StringBuilder(512);
    private boolean first = true;

    JsonText open(char bracket) {
        text.append(bracket);
        first = true;
        return this;
    }

    JsonText close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    /** Begins the next item of an array. */
    JsonText item() {
        if (!first) {
            text.append(',');
        }
        first = false;
        return this;
    }

    JsonText name(String name) {
        item();
        string(name);
        text.append(':');
        return this;
    }

    JsonText member(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            text.append("null");
        } else {
            string(value);
        }
        return this;
    }

    JsonText member(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    JsonText member(String name, List<String> values) {
        name(name).open('[');
        for (String value : values) {
            item();
            string(value);
        }
        return close(']');
    }

    /** Field lines as a list of pairs. */
    JsonText member(String name, Fields fields) {
        name(name).open('[');
        for (int i = 0; i < fields.size(); i++) {
            item();
            text.append('[');
            string(fields.name(i));
            text.append(',');
            string(fields.value(i));
            text.append(']');
        }
        return close(']');
    }

    JsonText raw(String json) {
        text.append(json);
        return this;
    }

    private void string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                text.append("\\u").append(HEX.charAt(c >> 12)).append(HEX.charAt(c >> 8 & 15));
                text.append(HEX.charAt(c >> 4 & 15)).append(HEX.charAt(c & 15));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
