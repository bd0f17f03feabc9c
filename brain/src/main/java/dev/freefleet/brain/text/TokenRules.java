package dev.freefleet.brain.text;

import dev.freefleet.brain.text.EntityExtractor.Match;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Entities of a single word: addresses, versions, acronyms, identifiers. */
final class TokenRules {

    private TokenRules() {}

    static @Nullable Match of(String word) {
        if (isUrl(word)) {
            return new Match(EntityType.URL, 1, 0.99);
        }
        if (isEmail(word)) {
            return new Match(EntityType.EMAIL, 1, 0.98);
        }
        if (isVersion(word)) {
            return new Match(EntityType.VERSION, 1, word.charAt(0) == 'v' ? 0.95 : 0.85);
        }
        if (isAcronym(word)) {
            return new Match(EntityType.ACRONYM, 1, 0.8);
        }
        return isIdentifier(word) ? new Match(EntityType.IDENTIFIER, 1, 0.85) : null;
    }

    private static boolean isUrl(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        int scheme = lower.indexOf("://");
        boolean known = scheme > 0
                && switch (lower.substring(0, scheme)) {
                    case "http", "https", "ftp", "ws", "wss", "git", "ssh" -> true;
                    default -> false;
                };
        return (known && word.length() > scheme + 3) || (lower.startsWith("www.") && lower.indexOf('.', 4) > 4);
    }

    private static boolean isEmail(String word) {
        int at = word.indexOf('@');
        int dot = word.lastIndexOf('.');
        return at > 0
                && word.indexOf('@', at + 1) < 0
                && dot > at + 1
                && dot < word.length() - 2
                && all(word, 0, at, ".+-_'")
                && all(word, at + 1, word.length(), ".-")
                && !word.contains("..");
    }

    private static boolean all(String word, int from, int to, String others) {
        for (int i = from; i < to; i++) {
            if (!Character.isLetterOrDigit(word.charAt(i)) && others.indexOf(word.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Two dots, or one behind a v: 3.20.0, v1.2, 4.2.18.Final, 1.0.0-rc.1. */
    private static boolean isVersion(String word) {
        boolean marked = word.length() > 1 && word.charAt(0) == 'v';
        int i = marked ? 1 : 0;
        int numbers = 0;
        while (i < word.length() && isDigit(word.charAt(i))) {
            while (i < word.length() && isDigit(word.charAt(i))) {
                i++;
            }
            numbers++;
            if (i + 1 < word.length() && word.charAt(i) == '.' && isDigit(word.charAt(i + 1))) {
                i++;
            } else {
                break;
            }
        }
        boolean tail = i == word.length()
                || ("-+.".indexOf(word.charAt(i)) >= 0 && i + 1 < word.length() && all(word, i, word.length(), ".-+"));
        return tail && (numbers >= 3 || (marked && numbers >= 1));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isAcronym(String word) {
        String stem = word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
        return stem.length() >= 2
                && stem.length() <= 6
                && Character.isUpperCase(stem.charAt(0))
                && stem.chars().allMatch(c -> Character.isUpperCase(c) || isDigit((char) c))
                && stem.chars().filter(Character::isUpperCase).count() >= 2;
    }

    private static boolean isIdentifier(String word) {
        if (word.startsWith("--")) {
            return word.length() > 3 && all(word, 2, word.length(), "-=_.");
        }
        String name = word.endsWith("()") ? word.substring(0, word.length() - 2) : word;
        if (name.length() < 3 || !Character.isLetter(name.charAt(0)) || !all(name, 0, name.length(), "_.$#")) {
            return false;
        }
        boolean call = !name.equals(word);
        boolean underscore = name.indexOf('_') > 0;
        boolean humps = false;
        boolean dotted = false;
        for (int i = 1; i < name.length(); i++) {
            char before = name.charAt(i - 1);
            char c = name.charAt(i);
            humps |= Character.isLowerCase(before) && Character.isUpperCase(c);
            dotted |= (before == '.' || before == '#') && Character.isLetter(c);
        }
        return call || underscore || humps || (dotted && name.indexOf('.') != name.length() - 2);
    }
}
