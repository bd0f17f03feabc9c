package dev.freefleet.brain;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;

/** The terms of a question with their rarity in the index (idf): how much of a question a text has. */
final class TermWeights {

    private static final int MAX_TERMS = 64;
    private static final int MAX_TEXT_TERMS = 2_000;

    private static final TextAnalyzer QUESTIONS = new TextAnalyzer(true);
    private static final TextAnalyzer DOCUMENTS = new TextAnalyzer(false);

    private final Map<String, Double> weights = new LinkedHashMap<>();
    private double total;

    private TermWeights() {}

    static TermWeights of(IndexReader reader, String question) throws IOException {
        TermWeights terms = new TermWeights();
        for (String term : questionTerms(question)) {
            int having = Math.max(
                    reader.docFreq(new Term(Fields.TEXT, term)),
                    Math.max(
                            reader.docFreq(new Term(Fields.HEADING, term)),
                            reader.docFreq(new Term(Fields.TITLE, term))));
            double weight = Math.log1p(reader.maxDoc() / (having + 0.5));
            terms.weights.put(term, weight);
            terms.total += weight;
        }
        return terms;
    }

    /** The terms that ask; a question of nothing but question words is taken by its words. */
    static Set<String> questionTerms(String question) {
        Set<String> terms = QUESTIONS.terms(question, MAX_TERMS);
        return terms.isEmpty() ? DOCUMENTS.terms(question, MAX_TERMS) : terms;
    }

    Set<String> terms() {
        return weights.keySet();
    }

    /** The share of the question's weight that is in the text, 0 to 1. */
    double coverage(String text) {
        if (total == 0) {
            return 0;
        }
        Set<String> present = DOCUMENTS.terms(text, MAX_TEXT_TERMS);
        double covered = 0;
        for (Map.Entry<String, Double> term : weights.entrySet()) {
            covered += present.contains(term.getKey()) ? term.getValue() : 0;
        }
        return covered / total;
    }
}
