package dev.freefleet.data;

import org.jspecify.annotations.Nullable;

/**
 * Rows that were appended to the spool of late, one behind the other, so that who delivers them need not read them back. Bounded: what
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
    /** Something was appended since that is not here. */
    private boolean full;

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
        if (rows.rows() == 0) {
            segment = toSegment;
            from = begin;
            full = false;
        }
        full |= rows.rows() + appended.rows() > maxRows || rows.size() + appended.size() > maxBytes;
        if (!full) {
            rows.addAll(appended);
            end = SpoolMark.NONE.at(toSegment, behind);
        }
        return isEnough();
    }

    /** Whether these are the next to be delivered. */
    synchronized boolean isNext(Spool.@Nullable Extent next) {
        return next != null && rows.rows() > 0 && next.segment() == segment && next.from() == from;
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
        }
    }

    synchronized boolean isEnough() {
        return rows.rows() > 0 && (full || rows.rows() >= maxRows / 2 || rows.size() >= maxBytes / 2);
    }
}
