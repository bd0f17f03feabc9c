package dev.freefleet.testkit.trace;

import java.util.random.RandomGenerator;

/**
 * When sessions begin: a Poisson process whose rate follows the hour of the day, by thinning (Lewis and Shedler 1979).
 */
final class Arrivals {
    /** Relative rate of each hour: a night's low, a rise over the morning, the peak in the evening. */
    private static final double[] HOURS = {
        0.65, 0.42, 0.30, 0.24, 0.22, 0.26, 0.40, 0.62, 0.85, 1.00, 1.10, 1.18,
        1.20, 1.22, 1.25, 1.28, 1.30, 1.32, 1.38, 1.45, 1.52, 1.50, 1.30, 0.95
    };

    private static final double PEAK = 1.52;

    private final double perMilli;
    private final RandomGenerator random;
    private double nowMillis;

    /** @param perDay the mean number of sessions in a day */
    Arrivals(double perDay, RandomGenerator random) {
        double sum = 0;
        for (double hour : HOURS) {
            sum += hour;
        }
        this.perMilli = perDay / (sum * TraceSettings.HOUR_MILLIS);
        this.random = random;
    }

    static double hourShare(int hour) {
        double sum = 0;
        for (double each : HOURS) {
            sum += each;
        }
        return HOURS[hour] / sum;
    }

    long next() {
        while (true) {
            nowMillis += -Math.log(1 - random.nextDouble()) / (perMilli * PEAK);
            int hour = (int) (nowMillis / TraceSettings.HOUR_MILLIS) % HOURS.length;
            if (random.nextDouble() * PEAK < HOURS[hour]) {
                return (long) nowMillis;
            }
        }
    }
}
