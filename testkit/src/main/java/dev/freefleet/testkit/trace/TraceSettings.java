package dev.freefleet.testkit.trace;

import java.util.Objects;

/**
 * What a trace is made with. The same settings give the same trace, event for event. Sources of the figures stand in
 * docs/performance.md.
 *
 * @param seed of all that is random
 * @param requests how many asks, 1 to 100 million
 * @param users how many there are, at least 1
 * @param questions how many different questions can come up, 2 to 10 million
 * @param exponent of Zipf's law over the questions
 * @param churnPerHour share of the 1,000 most popular questions that others replace each hour, 0 to 1
 * @param sessionLength mean number of asks in a session, at least 1; lengths are geometric
 * @param pauseMillis mean time between two asks of a session; exponential
 * @param repeatShare share of asks in which a user asks again what this user asked before, 0 to 1
 * @param moreShare share of asks, after a session's first, that want more sources for the question before, 0 to 1
 * @param smartShare share of questions that go to {@code /query/smart}, 0 to 1
 * @param reingests how often the Brain's data changes within a day's worth of asks, evenly apart
 * @param typing how freely the question's text is typed; {@link Typing#EXACT} unless the route folds texts
 */
public record TraceSettings(
        long seed,
        int requests,
        int users,
        int questions,
        double exponent,
        double churnPerHour,
        double sessionLength,
        long pauseMillis,
        double repeatShare,
        double moreShare,
        double smartShare,
        int reingests,
        Typing typing) {
    static final long HOUR_MILLIS = 3_600_000;

    public TraceSettings {
        require(requests >= 1 && requests <= 100_000_000, "requests must be 1 to 100,000,000");
        require(users >= 1, "users must be at least 1");
        require(questions >= 2 && questions <= 10_000_000, "questions must be 2 to 10,000,000");
        require(share(churnPerHour), "churnPerHour must be 0 to 1");
        require(sessionLength >= 1 && sessionLength <= 1_000, "sessionLength must be 1 to 1,000");
        require(pauseMillis >= 1, "pauseMillis must be at least 1");
        require(share(repeatShare) && share(moreShare), "repeatShare and moreShare must be 0 to 1");
        require(repeatShare + moreShare <= 1, "repeatShare and moreShare must not exceed 1 together");
        require(share(smartShare), "smartShare must be 0 to 1");
        Objects.requireNonNull(typing, "typing");
        require(reingests >= 0 && reingests <= requests, "reingests must be 0 to requests");
    }

    /**
     * A day at a knowledge service with a subject of its own: 50,000 different questions can come up, two re-ingests.
     */
    public static TraceSettings day(long seed, int requests) {
        return new TraceSettings(
                seed,
                requests,
                Math.max(1, requests / 20),
                50_000,
                0.83,
                0.17,
                2.8,
                60_000,
                0.2,
                0.1,
                0.15,
                Math.min(2, requests),
                Typing.EXACT);
    }

    /** A day with the long tail of a web search engine: without a re-ingest half of all asks are for what was not asked before. */
    public static TraceSettings webSearch(long seed, int requests) {
        return day(seed, requests).withQuestions(400_000);
    }

    /** The same with this many different questions. */
    public TraceSettings withQuestions(int number) {
        return new TraceSettings(
                seed,
                requests,
                users,
                number,
                exponent,
                churnPerHour,
                sessionLength,
                pauseMillis,
                repeatShare,
                moreShare,
                smartShare,
                reingests,
                typing);
    }

    /** The same with this many re-ingests. */
    public TraceSettings withReingests(int number) {
        return new TraceSettings(
                seed,
                requests,
                users,
                questions,
                exponent,
                churnPerHour,
                sessionLength,
                pauseMillis,
                repeatShare,
                moreShare,
                smartShare,
                number,
                typing);
    }

    /** The same, typed so. */
    public TraceSettings withTyping(Typing other) {
        return new TraceSettings(
                seed,
                requests,
                users,
                questions,
                exponent,
                churnPerHour,
                sessionLength,
                pauseMillis,
                repeatShare,
                moreShare,
                smartShare,
                reingests,
                other);
    }

    private static boolean share(double value) {
        return value >= 0 && value <= 1;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }
}
