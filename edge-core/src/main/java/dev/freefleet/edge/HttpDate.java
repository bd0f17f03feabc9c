package dev.freefleet.edge;

/**
 * Dates of HTTP (RFC 9110 section 5.6.7) in their three forms: IMF-fixdate, RFC 850 and asctime, read whatever the case
 * of their letters (RFC 9111 section 4.2). Own code, because
 * {@code java.time.format} is not there on every platform that the core runs on.
 */
final class HttpDate {
    /** What stands for a date that could not be read. */
    static final long INVALID = Long.MIN_VALUE;

    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final String[] LONG_DAYS = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
    };

    private HttpDate() {}

    /**
     * Epoch milliseconds, or {@link #INVALID}.
     *
     * @param nowMillis what a year of two digits is near to: it is never more than 50 years ahead
     */
    static long parse(String text, long nowMillis) {
        int comma = text.indexOf(',');
        if (isFixed(text) && isName(DAYS, text, 0)) {
            return fits(text, "aaa, 00 aaa 0000 00:00:00 GMT")
                    ? millis(number(text, 12, 4), month(text, 8), number(text, 5, 2), text, 17)
                    : INVALID;
        }
        if (comma > 3) {
            return parse850(text, comma, nowMillis);
        }
        return text.length() == 24
                        && isName(DAYS, text, 0)
                        && (fits(text, "aaa aaa 00 00:00:00 0000") || fits(text, "aaa aaa  0 00:00:00 0000"))
                ? millis(
                        number(text, 20, 4),
                        month(text, 4),
                        number(text, text.charAt(8) == ' ' ? 9 : 8, text.charAt(8) == ' ' ? 1 : 2),
                        text,
                        11)
                : INVALID;
    }

    /** Whether it has the length and the comma of an IMF-fixdate, whose meaning does not depend on when it is read. */
    static boolean isFixed(String text) {
        return text.length() == 29 && text.indexOf(',') == 3;
    }

    private static long parse850(String text, int comma, long nowMillis) {
        boolean known = false;
        for (String day : LONG_DAYS) {
            known |= day.length() == comma && text.regionMatches(true, 0, day, 0, comma);
        }
        String rest = text.substring(comma);
        if (!known || rest.length() != 24 || !fits(rest, ", 00-aaa-00 00:00:00 GMT")) {
            return INVALID;
        }
        int year = number(rest, 9, 2) + 1900;
        long millis = INVALID;
        long latest = nowMillis + 50L * 31_556_952_000L;
        for (; year < 10_000; year += 100) {
            long later = millis(year, month(rest, 5), number(rest, 2, 2), rest, 12);
            if (later > latest) {
                return millis == INVALID ? later : millis;
            }
            millis = later == INVALID ? millis : later; // 29-Feb-00 is a day of 2000, not of 1900
        }
        return millis;
    }

    /** The IMF-fixdate of a time between the years 1970 and 9999. */
    static String format(long millis) {
        Civil date = Civil.of(millis);
        int second = (int) (Math.floorMod(millis, Civil.DAY_MILLIS) / 1_000);
        int weekday = (int) Math.floorMod(Math.floorDiv(millis, Civil.DAY_MILLIS) + 3, 7L);
        StringBuilder text = new StringBuilder(29).append(DAYS, 3 * weekday, 3 * weekday + 3);
        pad(text.append(", "), date.day(), 2);
        text.append(' ').append(MONTHS, 3 * date.month(), 3 * date.month() + 3).append(' ');
        pad(text, (int) date.year(), 4);
        pad(text.append(' '), second / 3600, 2);
        pad(text.append(':'), second / 60 % 60, 2);
        pad(text.append(':'), second % 60, 2);
        return text.append(" GMT").toString();
    }

    private static void pad(StringBuilder text, int number, int width) {
        String digits = Integer.toString(number);
        text.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
    }

    /** Whether the text has digits, letters and marks where the pattern has 0, a and the marks. */
    private static boolean fits(String text, String pattern) {
        for (int i = 0; i < pattern.length(); i++) {
            char want = pattern.charAt(i);
            char c = text.charAt(i);
            boolean fits = switch (want) {
                case '0' -> Ascii.isDigit(c);
                case 'a' -> Ascii.isAlpha(c);
                default -> c == want || (Ascii.isAlpha(want) && c == Character.toLowerCase(want));
            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static boolean isName(String names, String text, int at) {
        return index(names, text, at) >= 0;
    }

    private static int month(String text, int at) {
        return index(MONTHS, text, at);
    }

    /** Which of the names, of three letters each, stands here, or -1. */
    private static int index(String names, String text, int at) {
        for (int i = 0; i < names.length(); i += 3) {
            if (text.regionMatches(true, at, names, i, 3)) {
                return i / 3;
            }
        }
        return -1;
    }

    private static int number(String text, int at, int length) {
        return Integer.parseInt(text, at, at + length, 10);
    }

    private static long millis(int year, int month, int day, String text, int time) {
        int hour = number(text, time, 2);
        int minute = number(text, time + 3, 2);
        int second = number(text, time + 6, 2);
        if (month < 0 || day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 60) {
            return INVALID;
        }
        return new Civil(year, month, day).millis() + ((hour * 60L + minute) * 60 + second) * 1_000;
    }

    private static int daysOf(int year, int month) {
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return month == 1 ? leap ? 29 : 28 : month == 3 || month == 5 || month == 8 || month == 10 ? 30 : 31;
    }
}
