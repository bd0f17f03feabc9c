package dev.freefleet.admin;

import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;

/** How rates and quotas are written: {@code 60/min}, {@code 60/min burst 10}, {@code 1000/day}. */
public final class Limits {
    private static final String NO_RATE = "is not a rate; write e.g. 10/s, 60/min, 1000/h or 60/min burst 10";
    private static final String NO_QUOTA = "is not a quota; write e.g. 1000/day or 20000/month";

    private Limits() {}

    /**
     * The rate that is written so.
     *
     * @throws IllegalArgumentException if it is none; the message goes on after the quoted text
     */
    public static RateLimit rate(String written) {
        String[] words = written.split(" ", -1);
        boolean burst = words.length == 3 && words[1].equals("burst");
        int slash = words[0].indexOf('/');
        if (slash < 0 || (words.length != 1 && !burst)) {
            throw new IllegalArgumentException(NO_RATE);
        }
        int requests = count(words[0].substring(0, slash), NO_RATE);
        long periodMillis = switch (words[0].substring(slash + 1)) {
            case "s", "sec" -> 1_000;
            case "m", "min" -> 60_000;
            case "h", "hour" -> 3_600_000;
            case "d", "day" -> 86_400_000;
            default -> throw new IllegalArgumentException(NO_RATE);
        };
        return new RateLimit(requests, periodMillis, burst ? count(words[2], NO_RATE) : requests);
    }

    private static int count(String digits, String wrong) {
        long count = number(digits, wrong);
        if (count < 1 || count > 1_000_000) {
            throw new IllegalArgumentException("is out of range; a rate has 1 to 1000000 requests");
        }
        return (int) count;
    }

    /**
     * The quota that is written so.
     *
     * @throws IllegalArgumentException if it is none; the message goes on after the quoted text
     */
    public static Quota quota(String written) {
        int slash = written.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(NO_QUOTA);
        }
        Quota.Period period = switch (written.substring(slash + 1)) {
            case "d", "day" -> Quota.Period.DAY;
            case "month" -> Quota.Period.MONTH;
            default -> throw new IllegalArgumentException(NO_QUOTA);
        };
        long requests = number(written.substring(0, slash), NO_QUOTA);
        if (requests < 1 || requests > 1_000_000_000) {
            throw new IllegalArgumentException("is out of range; a quota has 1 to 1000000000 requests");
        }
        return new Quota(requests, period);
    }

    /** As it is written. */
    public static String show(RateLimit rate) {
        String burst = rate.burst() == rate.requests() ? "" : " burst " + rate.burst();
        return rate.requests() + "/" + period(rate.periodMillis()) + burst;
    }

    private static String period(long millis) {
        if (millis == 1_000) {
            return "s";
        }
        if (millis == 60_000) {
            return "min";
        }
        if (millis == 3_600_000) {
            return "h";
        }
        return millis == 86_400_000 ? "day" : millis + "ms";
    }

    /** As it is written. */
    public static String show(Quota quota) {
        return quota.requests()
                + switch (quota.period()) {
                    case DAY -> "/day";
                    case MONTH -> "/month";
                };
    }

    private static long number(String digits, String wrong) {
        boolean number = !digits.isEmpty() && digits.chars().allMatch(c -> "0123456789".indexOf(c) >= 0);
        if (!number || digits.length() > 18) {
            throw new IllegalArgumentException(wrong);
        }
        return Long.parseLong(digits);
    }
}
