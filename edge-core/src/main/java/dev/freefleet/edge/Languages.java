package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One way to write an {@code Accept-Language}: heaviest first, tags in lower case (RFC 5646 section 2.1.1), weights in
 * thousandths. Languages of equal weight keep their order: some servers take it for a preference (RFC 9110 section
 * 12.5.4).
 */
final class Languages {
    private record Weighted(String tag, int thousandths) {}

    private Languages() {}

    /** The list in that form; in lower case alone where a member is not a tag with at most a weight. */
    static String ordered(String list) {
        String lower = Ascii.lower(list);
        List<Weighted> languages = new ArrayList<>();
        for (String member : Tokens.of(lower)) {
            int semicolon = member.indexOf(';');
            String tag = Ascii.trim(semicolon < 0 ? member : member.substring(0, semicolon));
            int weight = semicolon < 0 ? 1_000 : weight(Ascii.trim(member.substring(semicolon + 1)));
            if (weight < 0) {
                return lower;
            }
            languages.add(new Weighted(tag, weight));
        }
        languages.sort(Comparator.comparingInt(Weighted::thousandths).reversed());
        StringBuilder text = new StringBuilder();
        for (Weighted language : languages) {
            text.append(language.tag).append(';').append(language.thousandths).append(',');
        }
        return text.toString();
    }

    /** The thousandths of {@code q=0.5} (RFC 9110 section 12.4.2), or -1. */
    private static int weight(String parameter) {
        if (!parameter.startsWith("q=") || parameter.length() < 3 || parameter.length() > 7) {
            return -1;
        }
        String value = parameter.substring(2);
        char whole = value.charAt(0);
        if ((whole != '0' && whole != '1') || (value.length() > 1 && value.charAt(1) != '.')) {
            return -1;
        }
        int weight = whole == '1' ? 1_000 : 0;
        int unit = 100;
        for (int i = 2; i < value.length(); i++) {
            char digit = value.charAt(i);
            if (!Ascii.isDigit(digit)) {
                return -1;
            }
            weight += unit * (digit - '0');
            unit /= 10;
        }
        return weight > 1_000 ? -1 : weight;
    }
}
