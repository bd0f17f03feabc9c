package dev.freefleet.bench.replay;

import java.util.Locale;

/**
 * What became of a replay's asks.
 *
 * @param asks how many there were
 * @param reached how many requests reached the Brain
 * @param distinct how many different pairs of question and version were asked: a cache that never forgets and knows
 *     what requests mean lets so many through
 * @param right answers that are the Brain's own at its version
 * @param older answers to the right question as of an older version
 * @param wrong answers to another question, or no answers of this Brain at all
 * @param failed a status other than 200, or no answer
 */
public record Tally(long asks, long reached, long distinct, long right, long older, long wrong, long failed) {
    /** The share of asks that reached the Brain. */
    public double share() {
        return (double) reached / asks;
    }

    String row(String name) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %.1f %% | %.1f %% | %,d | %,d | %,d |",
                name,
                asks,
                reached,
                100 * share(),
                100.0 * distinct / asks,
                older,
                wrong,
                failed);
    }

    static final String HEADER =
            "| through | asks | reached the Brain | share | least possible | older index | wrong | failed |\n"
                    + "|---|---|---|---|---|---|---|---|";
}
