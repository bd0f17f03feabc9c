package dev.freefleet.data.rollup;

import java.sql.ResultSet;
import java.sql.SQLException;

/** What is known of a number of requests together. Not thread-safe. */
public final class Figures {
    private long requests;
    private long bytesIn;
    private long bytesOut;
    private long latencyMicros;
    private long latencyMaxMicros;
    private long originRequests;
    private long originMicros;
    private final Latencies latencies = new Latencies();

    /** The columns that every rollup has by these names; the arrays as text, which is read several times faster than the driver's arrays. */
    static Figures of(ResultSet row) throws SQLException {
        Figures figures = new Figures();
        figures.add(row);
        return figures;
    }

    /** Adds a row's, as {@link #of} reads them. */
    void add(ResultSet row) throws SQLException {
        requests += row.getLong("requests");
        bytesIn = sum(bytesIn, row.getLong("bytes_in"));
        bytesOut = sum(bytesOut, row.getLong("bytes_out"));
        latencyMicros = sum(latencyMicros, row.getLong("latency_us"));
        latencyMaxMicros = Math.max(latencyMaxMicros, row.getLong("latency_max_us"));
        originRequests += row.getLong("origin_requests");
        originMicros = sum(originMicros, row.getLong("origin_us"));
        latencies.addAll(row.getString("latency_buckets"), row.getString("latency_counts"));
    }

    /** Adds others; what exceeds the range of a long stays at its end. */
    void addAll(Figures other) {
        requests += other.requests;
        bytesIn = sum(bytesIn, other.bytesIn);
        bytesOut = sum(bytesOut, other.bytesOut);
        latencyMicros = sum(latencyMicros, other.latencyMicros);
        latencyMaxMicros = Math.max(latencyMaxMicros, other.latencyMaxMicros);
        originRequests += other.originRequests;
        originMicros = sum(originMicros, other.originMicros);
        latencies.addAll(other.latencies);
    }

    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    public long requests() {
        return requests;
    }

    /** Bytes of the requests' contents. */
    public long bytesIn() {
        return bytesIn;
    }

    /** Bytes of the answers' contents. */
    public long bytesOut() {
        return bytesOut;
    }

    /** The sum of all latencies, microseconds. */
    public long latencyMicros() {
        return latencyMicros;
    }

    /** The longest latency, microseconds. */
    public long latencyMaxMicros() {
        return latencyMaxMicros;
    }

    /** How many of them went to the origin. */
    public long originRequests() {
        return originRequests;
    }

    /** How long those waited for it, together, microseconds. */
    public long originMicros() {
        return originMicros;
    }

    /** Their latencies' distribution. */
    public Latencies latencies() {
        return latencies;
    }
}
