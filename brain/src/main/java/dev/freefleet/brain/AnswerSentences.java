package dev.freefleet.brain;

import dev.freefleet.brain.text.Sentences;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.util.VectorUtil;

/**
 * The sentences of the best passages that answer a question, in pairs, for the second often says what the first is about:
 * scored by meaning and by terms, without repetition, told in the order of the documents. Thread-safe.
 */
final class AnswerSentences {

    private static final int PASSAGES = 3;
    private static final int SENTENCES_OF_PASSAGE = 12;
    private static final int TAKEN = 2;
    private static final int SHORTEST_CHARS = 20;
    private static final int LONGEST_CHARS = 400;

    private static final double MEANING = 0.6;
    private static final double TERMS = 0.3;
    private static final double RANK = 0.1;

    /** A further pair must reach this share of the best one's score. */
    private static final double WORTH = 0.7;

    /** Two pairs with a higher cosine say the same. */
    private static final double SAME = 0.9;

    private final SentenceModel model;

    AnswerSentences(SentenceModel model) {
        this.model = model;
    }

    /** One or two sentences of the passage of that rank, from the first to the last. */
    private record Candidate(String text, int rank, int first, int last) {
        boolean overlaps(Candidate other) {
            return rank == other.rank && first <= other.last && other.first <= last;
        }
    }

    private record Scored(Candidate candidate, float[] vector, double score) {}

    String from(List<Hit> hits, Retriever.Asked asked) {
        List<Candidate> candidates = candidates(hits);
        if (candidates.isEmpty()) {
            return shortened(hits.getFirst().passage().text());
        }
        List<float[]> vectors =
                model.embed(candidates.stream().map(Candidate::text).toList());
        List<Scored> scored = new ArrayList<>(candidates.size());
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            double score = MEANING * VectorUtil.dotProduct(asked.vector(), vectors.get(i))
                    + TERMS * asked.terms().coverage(candidate.text())
                    + RANK / (1 + candidate.rank());
            scored.add(new Scored(candidate, vectors.get(i), score));
        }
        scored.sort(Comparator.comparingDouble(Scored::score).reversed());
        return told(distinct(scored));
    }

    private static List<Candidate> candidates(List<Hit> hits) {
        List<Candidate> candidates = new ArrayList<>();
        for (int rank = 0; rank < Math.min(PASSAGES, hits.size()); rank++) {
            List<String> sentences = Sentences.of(hits.get(rank).passage().text());
            for (int i = 0; i < Math.min(SENTENCES_OF_PASSAGE, sentences.size()); i++) {
                String sentence = sentences.get(i);
                String next = i + 1 < sentences.size() ? sentences.get(i + 1) : "";
                boolean paired = !next.isEmpty() && sentence.length() + next.length() < LONGEST_CHARS;
                String text = paired ? ended(sentence) + " " + next : sentence;
                if (text.length() >= SHORTEST_CHARS) {
                    candidates.add(new Candidate(shortened(text), rank, i, paired ? i + 1 : i));
                }
            }
        }
        return candidates;
    }

    private static List<Scored> distinct(List<Scored> best) {
        List<Scored> taken = new ArrayList<>();
        for (Scored next : best) {
            boolean worthy = next.score() >= WORTH * best.getFirst().score();
            boolean repeats = taken.stream()
                    .anyMatch(one -> one.candidate().overlaps(next.candidate())
                            || VectorUtil.dotProduct(one.vector(), next.vector()) > SAME);
            if (taken.size() < TAKEN && worthy && !repeats) {
                taken.add(next);
            }
        }
        return taken;
    }

    private static String told(List<Scored> taken) {
        return String.join(
                " ",
                taken.stream()
                        .map(Scored::candidate)
                        .sorted(Comparator.comparingInt(Candidate::rank).thenComparingInt(Candidate::first))
                        .map(candidate -> ended(candidate.text()))
                        .toList());
    }

    private static String ended(String sentence) {
        char last = sentence.charAt(sentence.length() - 1);
        return Character.isLetterOrDigit(last) ? sentence + "." : sentence;
    }

    /** At most so many characters, cut at a space where there is one. */
    private static String shortened(String text) {
        if (text.length() <= LONGEST_CHARS) {
            return text;
        }
        int space = text.lastIndexOf(' ', LONGEST_CHARS - 1);
        int end = space > LONGEST_CHARS / 2 ? space : LONGEST_CHARS - 1;
        end = Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end;
        return text.substring(0, end) + "…";
    }
}
