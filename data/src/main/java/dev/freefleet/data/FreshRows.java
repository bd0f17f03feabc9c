package dev.freefleet.data;

import org.jspecify.annotations.Nullable;

/**
 * Rows that were appended to the spool of late, one behind the other, so that who delivers them need not read them back while it keeps up. Bounded: what
 * finds no room is in the spool all the same. One thread adds, another takes.
 */
final class FreshRows {
    private final int maxRows;
    private final int maxBytes;
    private RowBatch rows = new RowBatch();
    /** Where the first of them is in the spool. */
    private long segment;

    private long from;
    /** Behind the last of them. */
    private SpoolMark end = SpoolMark.NONE;
    /** Whether all that is appended is taken in: who delivers has caught up, and there was room for all since. */
    private boolean following;

    /** Rows, and the place behind the last of them. */
    record Taken(RowBatch rows, SpoolMark end) {}

    FreshRows(int maxRows, int maxBytes) {
        this.maxRows = maxRows;
        this.maxBytes = maxBytes;
    }

    /**
     * To be told of all that is appended, in that order.
     *
     * @return whether there is enough for a batch
     */
    synchronized boolean add(RowBatch appended, long toSegment, long begin, long behind) {
        if (!following) {
            return false;
        }
        if (rows.rows() + appended.rows() > maxRows || rows.size() + appended.size() > maxBytes) {
            following = false; // what comes behind the gap is read from the spool, as the gap is
            return isEnough();
        }
        if (rows.rows() == 0) {
            segment = toSegment;
            from = begin;
        }
        following = false; // should there be no memory for them, nothing may follow the gap
        SpoolMark behindThem = SpoolMark.NONE.at(toSegment, behind); // nor may that fail when they are in
        rows.addAll(appended);
        end = behindThem;
        following = true;
        return isEnough();
    }

    /** Who delivers has read the spool to its end. */
    synchronized void caughtUp() {
        following |= rows.rows() == 0;
    }

    /** Whether these are the next to be delivered. */
    synchronized boolean isNext(Spool.@Nullable Extent next) {
        return next != null && rows.rows() > 0 && next.segment() == segment && next.from() == from;
    }

    /** How many there are. */
    synchronized int size() {
        return rows.rows();
    }

    /** When the first row's request came, epoch milliseconds; 0 where there is none. */
    synchronized long firstMillis() {
        return rows.rows() == 0 ? 0 : rows.firstMillis();
    }

    /** Hands them over for an empty batch. */
    synchronized Taken take(RowBatch empty) {
        Taken taken = new Taken(rows, end);
        rows = empty;
        return taken;
    }

    /** Forgets all if the first of them was delivered another way. */
    synchronized void forgetBefore(SpoolMark place) {
        if (segment < place.segment() || (segment == place.segment() && from < place.offset())) {
            rows.clear();
            following = false;
        }
    }

    /** Whether there is so much that the next might find no room. */
    synchronized boolean isEnough() {
        return rows.rows() > 0 && (!following || rows.rows() >= maxRows / 8 * 7 || rows.size() >= maxBytes / 8 * 7);
    }
}
