package dev.freefleet.data;

import java.text.Normalizer;

/** What people may call things: 1 to 64 characters that can be seen, in one normal form (Unicode NFC). */
final class Names {
    private static final int LONGEST = 64;

    private Names() {}

    /** The name as it is stored. @throws DataException if it is none */
    static String checked(String name, String what) {
        String normal = Normalizer.normalize(name, Normalizer.Form.NFC);
        int length = normal.codePointCount(0, normal.length());
        if (length < 1 || length > LONGEST) {
            throw invalid("A " + what + " has 1 to " + LONGEST + " characters, and this one has " + length + ".");
        }
        if (!normal.codePoints().allMatch(Names::isVisible)) {
            throw invalid(
                    "A " + what + " holds no control characters, line breaks or other characters that cannot be seen.");
        }
        if (!normal.equals(normal.strip())) {
            throw invalid("A " + what + " neither begins nor ends with a space.");
        }
        return normal;
    }

    /** An address as far as the fleet cares: something at something. */
    static String checkedEmail(String email) {
        int at = email.lastIndexOf('@');
        boolean visible = email.codePoints().allMatch(c -> isVisible(c) && !Character.isWhitespace(c));
        if (at < 1 || at == email.length() - 1 || email.length() > 254 || !visible) {
            throw invalid("An e-mail address is of the form name@host, with at most 254 characters and no spaces.");
        }
        return email;
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static DataException invalid(String message) {
        return new DataException(DataException.Kind.INVALID, message);
    }
}
