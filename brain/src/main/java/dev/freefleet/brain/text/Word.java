package dev.freefleet.brain.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A word of a text without the punctuation around it.
 *
 * @param start offset of its first character
 * @param end offset behind its last character
 * @param opensSentence whether a sentence begins with it
 * @param closed whether punctuation behind it parts it from the next word
 */
record Word(String text, int start, int end, boolean opensSentence, boolean closed) {

    private static final String OPENING = "([{<\"'`*_“‘«";
    private static final String CLOSING = ")]}>\"'`*_”’»,;:!?.…";

    static List<Word> of(String text) {
        List<Word> words = new ArrayList<>();
        boolean opens = true;
        int i = 0;
        while (i < text.length()) {
            int lineBreaks = 0;
            while (i < text.length() && Spaces.isSpace(text.charAt(i))) {
                lineBreaks += text.charAt(i) == '\n' ? 1 : 0;
                i++;
            }
            int from = i;
            while (i < text.length() && !Spaces.isSpace(text.charAt(i))) {
                i++;
            }
            opens |= lineBreaks > 1;
            int start = from;
            while (start < i && OPENING.indexOf(text.charAt(start)) >= 0) {
                start++;
            }
            int end = i;
            while (end > start && CLOSING.indexOf(text.charAt(end - 1)) >= 0 && !isCall(text, start, end)) {
                end--;
            }
            if (end > start) {
                boolean closed = end < i || nextIsBlankLine(text, i);
                words.add(new Word(text.substring(start, end), start, end, opens, closed));
                opens = endsSentence(text, end, i);
            }
        }
        return words;
    }

    private static boolean isCall(String text, int start, int end) {
        return end - start > 2 && text.charAt(end - 1) == ')' && text.charAt(end - 2) == '(';
    }

    private static boolean nextIsBlankLine(String text, int i) {
        return i + 1 < text.length() && text.charAt(i) == '\n' && text.charAt(i + 1) == '\n';
    }

    private static boolean endsSentence(String text, int end, int limit) {
        for (int i = end; i < limit; i++) {
            if (".!?:".indexOf(text.charAt(i)) >= 0) {
                return true;
            }
        }
        return false;
    }
}
