package dev.freefleet.testkit.trace;

import java.util.random.RandomGenerator;

/**
 * Which question stands at which rank of popularity, changing by the hour. Not thread-safe. A share of the head leaves
 * it each hour and as many questions come up from anywhere below, as Lin and Mishne (2012) saw in search: 17 % of the
 * 1,000 most frequent queries of an hour are not among those of the next.
 */
final class Popularity {
    /** The head whose turnover is given, as in the study. */
    static final int HEAD = 1_000;

    private final Zipf zipf;
    private final int[] questionAt;
    private final double churnPerHour;
    private long hour;

    Popularity(Zipf zipf, double churnPerHour) {
        this.zipf = zipf;
        this.churnPerHour = churnPerHour;
        questionAt = new int[zipf.ranks()];
        for (int rank = 0; rank < questionAt.length; rank++) {
            questionAt[rank] = rank;
        }
    }

    int sample(long atMillis, RandomGenerator random) {
        for (long now = atMillis / TraceSettings.HOUR_MILLIS; hour < now; hour++) {
            drift(random);
        }
        return questionAt[zipf.sample(random)];
    }

    private void drift(RandomGenerator random) {
        int head = Math.min(HEAD, questionAt.length / 2);
        for (int rank = 0; rank < head; rank++) {
            if (random.nextDouble() < churnPerHour) {
                int below = head + random.nextInt(questionAt.length - head);
                int leaving = questionAt[rank];
                questionAt[rank] = questionAt[below];
                questionAt[below] = leaving;
            }
        }
    }
}
