package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a text what tells of people or opens doors, and puts its kind in its place: {@code [email]}. Its patterns are RE2's,
 * which take time in proportion to the text whatever they and it are (RE2/J), and most texts are told by a glance at their
 * characters to hold nothing of a kind. It finds what has the form of such things; a name or an address in words has none.
 * Immutable, safe for use by several threads.
 */
public final class Redaction {
    /** The most patterns of one's own. */
    public static final int MOST = 32;

    /** The most characters of one's own pattern. */
    public static final int LONGEST = 256;

    /** Nothing is taken out. */
    public static final Redaction NONE = new Redaction(List.of());

    private static final int MOST_REPEATS = 1_000;

    private final List<Rule> rules;

    /** What finds one kind, where {@code mayHold} does not say at a glance that there is none. */
    private record Rule(Predicate<Glance> mayHold, Finder finder) {}

    /** Finds the next place from an index on. */
    interface Finder {
        @Nullable
        Place next(String text, int from);
    }

    /** What is to go, and what comes in its place. */
    record Place(int start, int end, String instead) {}

    private Redaction(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * These kinds, and these patterns of one's own.
     *
     * @param kinds of {@link Sensitive}
     * @param own patterns in RE2's syntax by name, at most {@link #MOST}, each of at most {@link #LONGEST} characters
     * @throws IllegalArgumentException if a pattern is none, matches nothing at all, or is too long; the message goes on
     *     after the pattern's name
     */
    public static Redaction of(Set<Sensitive> kinds, Map<String, String> own) {
        if (own.size() > MOST) {
            throw new IllegalArgumentException("are too many: there can be " + MOST + " patterns");
        }
        List<Rule> rules = new ArrayList<>();
        own.forEach((name, pattern) -> rules.add(new Rule(glance -> true, own(name, pattern))));
        for (Sensitive kind : Sensitive.values()) {
            if (kinds.contains(kind)) {
                rules.add(new Rule(kind::mayBeIn, kind.finder()));
            }
        }
        return rules.isEmpty() ? NONE : new Redaction(rules);
    }

    private static Finder own(String name, String written) {
        if (written.length() > LONGEST) {
            throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
        }
        if (repeats(written) > MOST_REPEATS) {
            throw new IllegalArgumentException("repeats more than " + MOST_REPEATS + " times");
        }
        try {
            Pattern pattern = Pattern.compile(written);
            if (pattern.matcher("").find()) {
                throw new IllegalArgumentException("finds the empty text, and so everything");
            }
            return matches(pattern, "[" + requireNonNull(name, "name") + "]");
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("is not a pattern of RE2: " + e.getDescription(), e);
        }
    }

    /** How often the innermost part can be repeated at the most: the sizes of all counted repetitions multiplied. */
    private static long repeats(String pattern) {
        long product = 1;
        for (int i = pattern.indexOf('{'); i >= 0; i = pattern.indexOf('{', i + 1)) {
            long most = 0;
            long number = 0;
            for (int j = i + 1; j < pattern.length() && pattern.charAt(j) != '}'; j++) {
                char c = pattern.charAt(j);
                number = c >= '0' && c <= '9' ? Math.min(10_000, number * 10 + c - '0') : 0;
                most = Math.max(most, number);
            }
            product = Math.min(Integer.MAX_VALUE, product * Math.max(1, most));
        }
        return product;
    }

    static Finder matches(Pattern pattern, String instead) {
        return (text, from) -> {
            Matcher matcher = pattern.matcher(text);
            return matcher.find(from) ? new Place(matcher.start(), matcher.end(), instead) : null;
        };
    }

    /** The text without what is to go; the same object where there is nothing. */
    public String apply(String text) {
        if (rules.isEmpty()) {
            return text;
        }
        Glance glance = Glance.at(text);
        String result = text;
        for (Rule rule : rules) {
            if (rule.mayHold().test(glance)) {
                result = replaced(result, rule.finder());
            }
        }
        return result;
    }

    private static String replaced(String text, Finder finder) {
        @Nullable Place place = finder.next(text, 0);
        if (place == null) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        int from = 0;
        while (place != null) {
            result.append(text, from, place.start()).append(place.instead());
            from = place.end();
            place = from < text.length() ? finder.next(text, from) : null;
        }
        return result.append(text, from, text.length()).toString();
    }
}
