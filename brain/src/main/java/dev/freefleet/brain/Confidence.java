package dev.freefleet.brain;

/**
 * How sure it is that a passage is about what was asked: a logistic function of the two similarities, so that they read
 * as a probability. docs/brain.md says on which labelled pairs the weights were fitted.
 */
final class Confidence {

    private static final double COSINE_WEIGHT = 11.0;
    private static final double COVERAGE_WEIGHT = 2.2;
    private static final double BIAS = -7.5;

    private Confidence() {}

    /** From 0 to 1, to three decimals. */
    static double of(double cosine, double coverage) {
        double logit = BIAS + COSINE_WEIGHT * cosine + COVERAGE_WEIGHT * coverage;
        return Math.round(1000 / (1 + Math.exp(-logit))) / 1000.0;
    }
}
