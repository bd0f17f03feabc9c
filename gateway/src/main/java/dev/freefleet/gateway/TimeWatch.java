package dev.freefleet.gateway;

/**
 * How long a connection has been in its present phase, as seen by looks taken a few times a second. The request path
 * itself reads no clock for it.
 */
final class TimeWatch {
    enum Phase {
        /** Nothing is asked. */
        IDLE,
        /** A head has begun. */
        HEAD,
        /** Content is awaited. */
        BODY,
        /** The client waits for us. */
        BUSY,
        /** Bytes wait for the client to take them. */
        WRITE,
        /** The answer is out, the connection about to end. */
        LINGER
    }

    private static final long BYTES_PER_SECOND = 16 * 1024;

    private Phase phase = Phase.IDLE;
    private int request;
    private long sinceNanos;
    private boolean begun;
    private long moved;

    /** Nanoseconds in this phase of this request. */
    long elapsed(Phase now, int nowRequest, long nowNanos, long nowMoved) {
        if (!begun || now != phase || nowRequest != request) {
            begun = true;
            phase = now;
            request = nowRequest;
            sinceNanos = nowNanos;
            moved = nowMoved;
        }
        return nowNanos - sinceNanos;
    }

    /** Whether at least so many bytes moved in this phase; the phase then begins anew. */
    boolean moved(long nowMoved, long atLeast, long nowNanos) {
        if (nowMoved - moved < atLeast) {
            return false;
        }
        moved = nowMoved;
        sinceNanos = nowNanos;
        return true;
    }

    /** The time that so many bytes may take beyond the limit. */
    static long allowance(long bytes) {
        return bytes * 1_000_000_000L / BYTES_PER_SECOND;
    }
}
