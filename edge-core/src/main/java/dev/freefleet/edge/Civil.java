package dev.freefleet.edge;

/**
 * A date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"): java.time is not whole on
 * every platform.
 *
 * @param month 0 to 11
 * @param day 1 to 31
 */
record Civil(long year, int month, int day) {
    static final long DAY_MILLIS = 86_400_000L;

    /** The date in UTC. */
    static Civil of(long epochMillis) {
        // Years begin in March, so that the leap day is their last.
        long z = Math.floorDiv(epochMillis, DAY_MILLIS) + 719_468;
        long era = Math.floorDiv(z, 146_097L);
        long dayOfEra = z - era * 146_097;
        long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shifted = (int) ((5 * dayOfYear + 2) / 153);
        int day = (int) (dayOfYear - (153L * shifted + 2) / 5 + 1);
        int month = shifted < 10 ? shifted + 2 : shifted - 10;
        return new Civil(yearOfEra + era * 400 + (month < 2 ? 1 : 0), month, day);
    }

    /** Epoch milliseconds of the day's beginning in UTC. */
    long millis() {
        long y = month < 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400L);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * ((month + 10) % 12) + 2) / 5 + day - 1;
        long days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
        return days * DAY_MILLIS;
    }

    Civil firstOfMonth() {
        return new Civil(year, month, 1);
    }

    /** The first day of the month after this date's. */
    Civil nextMonth() {
        return month == 11 ? new Civil(year + 1, 0, 1) : new Civil(year, month + 1, 1);
    }

    /** The month as {@code 2026-11}. */
    String monthText() {
        return year + (month < 9 ? "-0" : "-") + (month + 1);
    }

    /** The date as {@code 2026-11-23}. */
    String text() {
        return monthText() + (day < 10 ? "-0" : "-") + day;
    }
}
