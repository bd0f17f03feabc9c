package dev.freefleet.brain.text;

import dev.freefleet.brain.text.EntityExtractor.Match;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names: two to six capitalised words in a row, with small words of names (van, de, of) between them. */
final class NameRules {

    private static final int MAX_WORDS = 6;

    private static final Set<String> CONNECTORS =
            Set.of("of", "van", "von", "de", "der", "den", "da", "di", "la", "le", "du", "del", "bin", "al");

    /** Words that are capitalised only because a sentence begins, or that no name begins with. */
    private static final Set<String> OPENERS = Set.of(
            "the",
            "a",
            "an",
            "this",
            "that",
            "these",
            "those",
            "in",
            "on",
            "at",
            "by",
            "for",
            "from",
            "to",
            "with",
            "when",
            "where",
            "why",
            "how",
            "what",
            "who",
            "which",
            "if",
            "as",
            "is",
            "are",
            "was",
            "it",
            "its",
            "we",
            "you",
            "he",
            "she",
            "they",
            "i",
            "my",
            "our",
            "your",
            "his",
            "her",
            "their",
            "and",
            "or",
            "but",
            "not",
            "no",
            "yes",
            "all",
            "each",
            "every",
            "some",
            "any",
            "after",
            "before",
            "since",
            "while",
            "use",
            "see",
            "then",
            "also",
            "because",
            "although",
            "there",
            "here",
            "today",
            "yesterday",
            "dear",
            "mr",
            "mrs",
            "ms");

    private NameRules() {}

    static @Nullable Match at(List<Word> words, int i) {
        int skipped = OPENERS.contains(words.get(i).text().toLowerCase(Locale.ROOT)) ? 1 : 0;
        int first = i + skipped;
        if (first >= words.size() || (skipped == 1 && words.get(i).closed()) || !isCapitalised(words.get(first))) {
            return null;
        }
        int end = first + 1;
        int capitals = 1;
        for (int k = first + 1;
                k < words.size() && k - first < MAX_WORDS && !words.get(k - 1).closed();
                k++) {
            Word word = words.get(k);
            if (isCapitalised(word) && !OPENERS.contains(word.text().toLowerCase(Locale.ROOT))) {
                capitals++;
                end = k + 1;
            } else if (!CONNECTORS.contains(word.text())) {
                break;
            }
        }
        if (capitals < 2) {
            return null;
        }
        double confidence = (words.get(first).opensSentence() ? 0.6 : 0.75) + 0.05 * Math.min(capitals - 2, 2);
        return new Match(EntityType.NAME, end - i, skipped, confidence);
    }

    private static boolean isCapitalised(Word word) {
        String text = word.text();
        if (text.length() < 2 || !Character.isUpperCase(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean inner = c == '-' || c == '\'' || c == '’';
            boolean afterInner = i > 1 && Character.isUpperCase(c) && !Character.isLetter(text.charAt(i - 1));
            if (!Character.isLowerCase(c) && !inner && !afterInner) {
                return false;
            }
        }
        return true;
    }
}
