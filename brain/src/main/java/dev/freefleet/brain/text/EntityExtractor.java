package dev.freefleet.brain.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Entities by rules, in one pass over the words and without regular expressions, so that no input is slow. The longest
 * reading at a place wins; what occurs twice is told once. Thread-safe.
 */
public final class EntityExtractor {

    /** No answer has more entities. */
    public static final int MAX_ENTITIES = 1_000;

    private static final int CONTEXT_CHARS = 60;

    private EntityExtractor() {}

    /** The entities of the wanted types, in order of their first occurrence. */
    public static List<Entity> extract(String text, Set<EntityType> wanted) {
        List<Word> words = Word.of(text);
        Map<String, Entity> found = new LinkedHashMap<>();
        int i = 0;
        while (i < words.size() && found.size() < MAX_ENTITIES) {
            Match match = longestAt(words, i);
            if (match == null) {
                i++;
                continue;
            }
            int start = words.get(i + match.skipped()).start();
            int end = words.get(i + match.length() - 1).end();
            if (wanted.contains(match.type())) {
                String surface = Spaces.collapse(text.substring(start, end));
                found.computeIfAbsent(
                        match.type() + ":" + surface,
                        key -> new Entity(surface, match.type(), match.confidence(), context(text, start, end)));
            }
            i += match.length();
        }
        return new ArrayList<>(found.values());
    }

    private static @Nullable Match longestAt(List<Word> words, int i) {
        Match date = DateRules.at(words, i);
        if (date != null) {
            return date;
        }
        Match quantity = QuantityRules.at(words, i);
        if (quantity != null) {
            return quantity;
        }
        Match name = NameRules.at(words, i);
        return name != null ? name : TokenRules.of(words.get(i).text());
    }

    private static String context(String text, int start, int end) {
        int from = Math.max(0, start - CONTEXT_CHARS);
        while (from > 0 && from < start && !Spaces.isSpace(text.charAt(from - 1))) {
            from++;
        }
        int to = Math.min(text.length(), end + CONTEXT_CHARS);
        while (to < text.length() && to > end && !Spaces.isSpace(text.charAt(to))) {
            to--;
        }
        return Spaces.collapse(text.substring(from, to));
    }

    /** What a rule saw: a type over some words, of which the first few may only have led there. */
    record Match(EntityType type, int length, int skipped, double confidence) {
        Match(EntityType type, int length, double confidence) {
            this(type, length, 0, confidence);
        }
    }
}
