package dev.freefleet.brain;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.FlattenGraphFilter;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Text to index terms: English stems without accents; an identifier such as {@code StringUtils.isBlank} is found by the
 * whole and by each of its words. Thread-safe.
 */
final class TextAnalyzer extends Analyzer {

    private static final int WORD_PARTS = WordDelimiterGraphFilter.GENERATE_WORD_PARTS
            | WordDelimiterGraphFilter.GENERATE_NUMBER_PARTS
            | WordDelimiterGraphFilter.SPLIT_ON_CASE_CHANGE
            | WordDelimiterGraphFilter.PRESERVE_ORIGINAL
            | WordDelimiterGraphFilter.STEM_ENGLISH_POSSESSIVE;

    /** What makes a sentence a question and says nothing of what is asked. */
    private static final CharArraySet QUESTION_WORDS = stops(
            "how", "what", "which", "who", "whom", "whose", "when", "where", "why", "do", "does", "did", "doing",
            "done", "can", "could", "should", "would", "may", "might", "must", "shall", "i", "me", "my", "mine", "we",
            "us", "our", "you", "your", "he", "she", "his", "her", "any", "some", "have", "has", "had", "am", "been",
            "being", "were", "so", "than", "too", "just", "please", "tell", "about", "from", "want", "need", "them");

    private final boolean question;

    /** Of documents, or of questions, which lose their question words too. */
    TextAnalyzer(boolean question) {
        this.question = question;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
        StandardTokenizer words = new StandardTokenizer();
        TokenStream terms = new FlattenGraphFilter(new WordDelimiterGraphFilter(words, WORD_PARTS, null));
        terms = new ASCIIFoldingFilter(new LowerCaseFilter(terms));
        terms = new StopFilter(terms, EnglishAnalyzer.ENGLISH_STOP_WORDS_SET);
        if (question) {
            terms = new StopFilter(terms, QUESTION_WORDS);
        }
        return new TokenStreamComponents(words, new PorterStemFilter(terms));
    }

    /** The distinct terms of a text, in order, at most so many. */
    Set<String> terms(String text, int most) {
        Set<String> terms = new LinkedHashSet<>();
        try (TokenStream tokens = tokenStream("text", text)) {
            CharTermAttribute term = tokens.getAttribute(CharTermAttribute.class);
            tokens.reset();
            while (terms.size() < most && tokens.incrementToken()) {
                terms.add(term.toString());
            }
            return terms;
        } catch (IOException e) {
            throw new UncheckedIOException("reading a string failed", e);
        }
    }

    static boolean isStopWord(String word) {
        return EnglishAnalyzer.ENGLISH_STOP_WORDS_SET.contains(word) || QUESTION_WORDS.contains(word);
    }

    private static CharArraySet stops(String... words) {
        return CharArraySet.unmodifiableSet(StopFilter.makeStopSet(words));
    }
}
