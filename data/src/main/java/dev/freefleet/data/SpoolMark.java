package dev.freefleet.data;

/**
 * How far a spool has been delivered, as {@code usage_spool} keeps it. What lies before it is in {@code usage_logs}.
 *
 * @param segment the segment's number, or 0 where nothing was delivered
 * @param offset the first byte of that segment that was not
 * @param direct how many batches went from memory into the database, past the spool
 */
record SpoolMark(long segment, long offset, long direct) {
    static final SpoolMark NONE = new SpoolMark(0, 0, 0);

    SpoolMark at(long newSegment, long newOffset) {
        return new SpoolMark(newSegment, newOffset, direct);
    }

    SpoolMark at(SpoolMark place) {
        return at(place.segment, place.offset);
    }

    /** Behind all that a segment holds or will hold. */
    SpoolMark behind(long wholeSegment) {
        return at(wholeSegment, Long.MAX_VALUE);
    }

    SpoolMark nextDirect() {
        return new SpoolMark(segment, offset, direct + 1);
    }
}
