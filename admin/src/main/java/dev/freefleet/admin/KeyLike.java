package dev.freefleet.admin;

import java.util.regex.Pattern;

/**
 * Whether a text looks like a key, so that it must not be shown where a name was meant: one that is long and that nobody would think up.
 * It is a guess; passphrases of words look like names.
 */
public final class KeyLike {
    private static final int SHORTEST = 16;
    private static final Pattern HARMLESS = Pattern.compile(String.join(
            "|",
            // Addresses of the network and of mail, and times.
            "[0-9.]{7,15}(/[0-9]{1,2})?",
            "[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(/[0-9]{1,3})?",
            "[^@\\s]+@[^@\\s]+\\.[A-Za-z]{2,}",
            "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+))?"));
    /** Letters and digits in turns, as in hexadecimal digits, Base64 and UUIDs. */
    private static final Pattern TURNS = Pattern.compile(
            "([A-Za-z][0-9]|[0-9][A-Za-z]).*([A-Za-z][0-9]|[0-9][A-Za-z]).*([A-Za-z][0-9]|[0-9][A-Za-z])");
    /** Capitals within words, more than names have. */
    private static final Pattern CAPITALS = Pattern.compile("([a-z][A-Z].*){6}");

    private static final Pattern NO_WORD = Pattern.compile("[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{7}");

    private KeyLike() {}

    /** Whether it does. */
    public static boolean test(String text) {
        if (text.startsWith("sff_")) {
            return true;
        }
        boolean visible = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!visible || text.length() < SHORTEST || HARMLESS.matcher(text).matches()) {
            return false;
        }
        return count(text, '0', '9') >= 9
                || TURNS.matcher(text).find()
                || CAPITALS.matcher(text).find()
                || NO_WORD.matcher(text).find();
    }

    private static long count(String text, char first, char last) {
        return text.chars().filter(c -> c >= first && c <= last).count();
    }
}
