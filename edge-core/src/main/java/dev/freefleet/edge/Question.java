package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a request to a query route asks, in the one form that every spelling of it has: POST and QUERY content (RFC
 * 10008) and the parameters of a GET.
 *
 * @param type the content's media type
 * @param content the content; null for a GET whose parameters mean nothing to us
 * @param query what of the target's query is no part of the content, as it was sent; null where there is nothing
 * @param text the question's text, which is the content's member of the rule, or null where there is none
 */
record Question(
        String type,
        @Nullable Json content,
        @Nullable String query,
        @Nullable String text) {
    private static final String JSON = "application/json";

    /** The question of this content, or null where the content could mean different things to different readers. */
    static @Nullable Question ofContent(CacheRule.Query rule, String type, byte[] content, @Nullable String query) {
        Json json = JsonReader.read(content);
        if (json == null || !json.isExact()) {
            return null;
        }
        String member = rule.textMember();
        String text = member != null
                        && json instanceof Json.Obj(var members)
                        && members.get(member) instanceof Json.Str(var string)
                ? string
                : null;
        return new Question(type, json, emptyToNull(query), text);
    }

    /** The same with another text. */
    Question withText(CacheRule.Query rule, String other) {
        String member = rule.textMember();
        if (member == null || !(content instanceof Json.Obj(var members))) {
            return this;
        }
        TreeMap<String, Json> changed = new TreeMap<>(members);
        changed.put(member, new Json.Str(other));
        return new Question(type, new Json.Obj(changed), query, other);
    }

    /** The content in the form of RFC 8785, or null where there is none. */
    byte @Nullable [] canonical() {
        return content == null ? null : CanonicalJson.write(content);
    }

    /**
     * The question of a GET: {@code q} is the rule's text member, {@code limit} a number, {@code context} a string, as
     * they stand in a POST. Other parameters keep their place in the query, so that they tell requests apart. Null
     * where a parameter is there twice or is not UTF-8.
     */
    static @Nullable Question ofParameters(CacheRule.Query rule, @Nullable String query) {
        String member = rule.textMember();
        if (member == null || query == null) {
            return new Question(JSON, null, query, null);
        }
        TreeMap<String, Json> members = new TreeMap<>();
        StringBuilder rest = new StringBuilder();
        String text = null;
        for (String parameter : parameters(query)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? null : decode(parameter.substring(0, equals));
            String value = equals < 0 ? null : decode(parameter.substring(equals + 1));
            if (equals >= 0 && (name == null || value == null)) {
                return null;
            }
            Json json = name == null || value == null ? null : member(name, value);
            if (json == null || name == null) {
                rest.append(rest.isEmpty() ? "" : "&").append(parameter);
                continue;
            }
            text = name.equals("q") ? value : text;
            if (members.put(name.equals("q") ? member : name, json) != null) {
                return null;
            }
        }
        boolean ambiguous = hasName(rest, "q") || hasName(rest, "limit") || hasName(rest, "context");
        if (text == null || ambiguous) {
            return null;
        }
        return new Question(JSON, new Json.Obj(members), emptyToNull(rest.toString()), text);
    }

    /** What the parameter stands for in a question's content, or null where it is none that we know. */
    private static @Nullable Json member(String name, String value) {
        return switch (name) {
            case "q", "context" -> new Json.Str(value);
            case "limit" -> integer(value);
            default -> null;
        };
    }

    /** A parameter that we know by name but not by its value must not stand beside one that we read. */
    private static boolean hasName(CharSequence rest, String name) {
        for (String parameter : parameters(rest.toString())) {
            int equals = parameter.indexOf('=');
            String raw = equals < 0 ? parameter : parameter.substring(0, equals);
            if (name.equals(decode(raw))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Json integer(String value) {
        boolean negative = value.startsWith("-");
        String digits = negative ? value.substring(1) : value;
        boolean canonical = digits.length() == 1 || !digits.startsWith("0");
        if (digits.isEmpty() || digits.length() > 15 || !canonical) {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (!Ascii.isDigit(digits.charAt(i))) {
                return null;
            }
        }
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return Decimal.read(text, 0, text.length).toJson();
    }

    /** A name or value of a form (URL standard, application/x-www-form-urlencoded), or null where it is not UTF-8. */
    private static @Nullable String decode(String raw) {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) Target.percent(raw, i);
                i += 2;
            } else {
                bytes[length++] = (byte) (c == '+' ? ' ' : c);
            }
        }
        return Utf8.isValid(bytes, length) ? new String(bytes, 0, length, StandardCharsets.UTF_8) : null;
    }

    private static List<String> parameters(String query) {
        List<String> parameters = new ArrayList<>();
        int start = 0;
        for (int end = query.indexOf('&'); end >= 0; end = query.indexOf('&', start)) {
            parameters.add(query.substring(start, end));
            start = end + 1;
        }
        parameters.add(query.substring(start));
        return parameters;
    }

    private static @Nullable String emptyToNull(@Nullable String query) {
        return query == null || query.isEmpty() ? null : query;
    }
}
