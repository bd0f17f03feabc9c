package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.util.function.Function;

/** How rates and quotas are written: {@code 60/min}, {@code 60/min burst 10}, {@code 1000/day}. */
public final class Limits {
    private static final String NO_RATE = "is not a rate; write e.g. 10/s, 60/min, 1000/h or 60/min burst 10";
    private static final String NO_QUOTA = "is not a quota; write e.g. 1000/day or 20000/month";

    private Limits() {}

    /**
     * The rate that is written so.
     *
     * @throws IllegalArgumentException if it is none; the message is a sentence for people
     */
    public static RateLimit rate(String written) {
        return read(written, Limits::parseRate);
    }

    /**
     * The quota that is written so.
     *
     * @throws IllegalArgumentException if it is none; the message is a sentence for people
     */
    public static Quota quota(String written) {
        return read(written, Limits::parseQuota);
    }

    private static <T> T read(String written, Function<String, T> parse) {
        try {
            return parse.apply(written);
        } catch (BadValue e) {
            throw new IllegalArgumentException("\"" + written + "\" " + e.getMessage(), e);
        }
    }

    static Scalar<RateLimit> rate() {
        return new Scalar<>("rate", "e.g. 60/min", Limits::parseRate, Limits::show);
    }

    static Scalar<Quota> quota() {
        return new Scalar<>("quota", "e.g. 1000/day", Limits::parseQuota, Limits::show);
    }

    private static RateLimit parseRate(String written) {
        String[] words = written.split(" ", -1);
        boolean burst = words.length == 3 && words[1].equals("burst");
        int slash = words[0].indexOf('/');
        if (slash < 0 || (words.length != 1 && !burst)) {
            throw new BadValue(NO_RATE);
        }
        int requests = count(words[0].substring(0, slash), NO_RATE);
        long periodMillis = switch (words[0].substring(slash + 1)) {
            case "s", "sec" -> 1_000;
            case "m", "min" -> 60_000;
            case "h", "hour" -> 3_600_000;
            case "d", "day" -> 86_400_000;
            default -> throw new BadValue(NO_RATE);
        };
        return new RateLimit(requests, periodMillis, burst ? count(words[2], NO_RATE) : requests);
    }

    private static int count(String digits, String wrong) {
        long count = ValueTypes.number(digits, wrong);
        if (count < 1 || count > 1_000_000) {
            throw new BadValue("is out of range; a rate has 1 to 1000000 requests");
        }
        return (int) count;
    }

    private static Quota parseQuota(String written) {
        int slash = written.indexOf('/');
        if (slash < 0) {
            throw new BadValue(NO_QUOTA);
        }
        Quota.Period period = switch (written.substring(slash + 1)) {
            case "d", "day" -> Quota.Period.DAY;
            case "month" -> Quota.Period.MONTH;
            default -> throw new BadValue(NO_QUOTA);
        };
        long requests = ValueTypes.number(written.substring(0, slash), NO_QUOTA);
        if (requests < 1 || requests > 1_000_000_000) {
            throw new BadValue("is out of range; a quota has 1 to 1000000000 requests");
        }
        return new Quota(requests, period);
    }

    /** As it is written. */
    public static String show(RateLimit rate) {
        String period = rate.periodMillis() == 1_000
                ? "s"
                : rate.periodMillis() == 60_000 ? "min" : rate.periodMillis() == 3_600_000 ? "h" : "day";
        String burst = rate.burst() == rate.requests() ? "" : " burst " + rate.burst();
        return rate.requests() + "/" + period + burst;
    }

    /** As it is written. */
    public static String show(Quota quota) {
        return quota.requests()
                + switch (quota.period()) {
                    case DAY -> "/day";
                    case MONTH -> "/month";
                };
    }
}
