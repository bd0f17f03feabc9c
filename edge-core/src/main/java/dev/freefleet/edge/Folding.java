package dev.freefleet.edge;

/**
 * How texts of questions are folded where a route says that case, white space and the forms of letters do not matter. Other
 * letters stay other letters: accents, umlauts and ß remain, since they tell words apart.
 *
 * <p>ASCII is folded here; what else there is goes through {@link Step.Normalize} first. A longer text that is not ASCII is
 * not folded at all, for the work of normalising grows with the square of a run of combining marks.
 */
final class Folding {
    /** The longest text that is normalised, in UTF-16 units. */
    static final int MAX = 1_024;

    private static final char FINAL_SIGMA = '\u03C2';
    private static final char SIGMA = '\u03C3';
    /** White_Space (Unicode annex 44) above ASCII. */
    private static final String SPACES =
            "\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A"
                    + "\u2028\u2029\u202F\u205F\u3000";

    private Folding() {}

    static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /**
     * With ASCII letters in lower case, both forms of the small sigma as one, and each run of white space as one space but
     * for the ends.
     *
     * @param text ASCII, or normalised
     */
    static String fold(String text) {
        StringBuilder folded = new StringBuilder(text.length());
        boolean space = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isSpace(c)) {
                space = !folded.isEmpty();
            } else {
                folded.append(space ? " " : "").append(c == FINAL_SIGMA ? SIGMA : c);
                space = false;
            }
        }
        return Ascii.lower(folded.toString());
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x80 && SPACES.indexOf(c) >= 0);
    }
}
