package dev.freefleet.brain;

import dev.freefleet.brain.DocumentRow.TermCount;
import dev.freefleet.brain.text.Passage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The words that a document uses most, for the insights. */
final class FrequentTerms {

    private static final int KEPT = 30;
    private static final int SHORTEST = 4;

    private FrequentTerms() {}

    static List<TermCount> of(List<Passage> passages) {
        Map<String, Integer> counts = new HashMap<>();
        for (Passage passage : passages) {
            count(passage.text().toLowerCase(Locale.ROOT), counts);
        }
        return counts.entrySet().stream()
                .map(entry -> new TermCount(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(TermCount::count).reversed().thenComparing(TermCount::term))
                .limit(KEPT)
                .toList();
    }

    private static void count(String text, Map<String, Integer> counts) {
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean letter = i < text.length() && Character.isLetter(text.charAt(i));
            if (!letter) {
                String word = text.substring(start, i);
                if (word.length() >= SHORTEST && !TextAnalyzer.isStopWord(word)) {
                    counts.merge(word, 1, Integer::sum);
                }
                start = i + 1;
            }
        }
    }
}
