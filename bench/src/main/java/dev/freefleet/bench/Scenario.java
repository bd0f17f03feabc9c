package dev.freefleet.bench;

/** What is measured in alternated rounds; 64 connections unless it says otherwise. */
enum Scenario {
    /** GET of 1,000 stored answers, as fast as they come. */
    GET_HITS("GET hits"),
    /** POST of 1,000 stored answers, the content in the key. */
    POST_HITS("POST hits"),
    /** GET, every one another question, stored. */
    MISSES_STORED("misses, stored"),
    /** GET, every one another question, which the origin forbids to store. */
    MISSES_UNSTORED("misses, not stored"),
    /** GET of 1,000 stored answers, at a fixed rate, timed from when each was due. */
    FIXED_RATE("fixed rate"),
    /** The questions of a day as the replay asks them, at a fixed rate, timed from when each was due. */
    DAY("a day's questions, fixed rate");

    private final String title;

    Scenario(String title) {
        this.title = title;
    }

    boolean hasFixedRate() {
        return this == FIXED_RATE || this == DAY;
    }

    String title() {
        return title;
    }
}
