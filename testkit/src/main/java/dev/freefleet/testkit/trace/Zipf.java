package dev.freefleet.testkit.trace;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Zipf's law over ranks 0 to {@code ranks - 1}: rank {@code r} has a weight of {@code 1 / (r + 1)^exponent}. Immutable.
 * Sampled by inverting the cumulative weights, which is exact for every exponent.
 */
public final class Zipf {
    private final double[] cumulative;

    /**
     * @param ranks how many, 1 to 10 million; each costs 8 bytes
     * @param exponent above 0, at most 3
     */
    public Zipf(int ranks, double exponent) {
        if (ranks < 1 || ranks > 10_000_000) {
            throw new IllegalArgumentException("ranks must be 1 to 10,000,000, but is " + ranks);
        }
        if (!(exponent > 0 && exponent <= 3)) {
            throw new IllegalArgumentException("exponent must be above 0 and at most 3, but is " + exponent);
        }
        cumulative = new double[ranks];
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            sum += Math.pow(rank + 1.0, -exponent);
            cumulative[rank] = sum;
        }
    }

    /** How many ranks there are. */
    public int ranks() {
        return cumulative.length;
    }

    /** The probability of this rank. */
    public double probability(int rank) {
        double before = rank == 0 ? 0 : cumulative[rank - 1];
        return (cumulative[rank] - before) / cumulative[cumulative.length - 1];
    }

    /** A rank drawn at random. */
    public int sample(RandomGenerator random) {
        double point = random.nextDouble() * cumulative[cumulative.length - 1];
        int found = Arrays.binarySearch(cumulative, point);
        // A point that equals a boundary belongs to the next rank: each rank holds [before, own).
        int rank = found < 0 ? -found - 1 : found + 1;
        return Math.min(rank, cumulative.length - 1);
    }
}
