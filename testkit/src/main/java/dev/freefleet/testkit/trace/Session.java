package dev.freefleet.testkit.trace;

import org.jspecify.annotations.Nullable;

/** One sitting of one user: the next ask's time, and how many are left. */
final class Session implements Comparable<Session> {
    final int number;
    final int user;
    long nextMillis;
    int left;

    @Nullable
    Question last;

    Session(int number, int user, long startMillis, int length) {
        this.number = number;
        this.user = user;
        this.nextMillis = startMillis;
        this.left = length;
    }

    @Override
    public int compareTo(Session other) {
        int byTime = Long.compare(nextMillis, other.nextMillis);
        return byTime != 0 ? byTime : Integer.compare(number, other.number);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Session session && session.number == number && session.nextMillis == nextMillis;
    }

    @Override
    public int hashCode() {
        return number;
    }
}
