package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes JSON in its canonical form (RFC 8785): sorted members, no space, one text for each number and string. */
final class CanonicalJson {
    private static final String HEX = "0123456789abcdef";

    private CanonicalJson() {}

    /** The canonical form as UTF-8. */
    static byte[] write(Json json) {
        StringBuilder text = new StringBuilder();
        write(json, text);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Json json, StringBuilder text) {
        switch (json) {
            case Json.Obj(var members) -> {
                text.append('{');
                boolean first = true;
                for (Map.Entry<String, Json> member : members.entrySet()) {
                    text.append(first ? "" : ",");
                    first = false;
                    writeString(member.getKey(), text);
                    write(member.getValue(), text.append(':'));
                }
                text.append('}');
            }
            case Json.Arr(var items) -> {
                text.append('[');
                for (int i = 0; i < items.size(); i++) {
                    write(items.get(i), text.append(i == 0 ? "" : ","));
                }
                text.append(']');
            }
            case Json.Str(var string) -> writeString(string, text);
            case Json.Num num -> text.append(EcmaNumber.text(num.negative(), num.magnitude()));
            case Json.Bool(var value) -> text.append(value);
            case Json.Null ignored -> text.append("null");
        }
    }

    /** RFC 8785 section 3.2.2.2. */
    private static void writeString(String string, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < 0x20) {
                        text.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
