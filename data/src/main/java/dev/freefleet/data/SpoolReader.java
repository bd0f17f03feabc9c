package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a spool's rows, oldest first, from any place on. For one thread. */
final class SpoolReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolReader.class);

    /** So often a segment that cannot be opened is tried before it is set aside; who asks again waits in between. */
    static final int TRIES = 10;

    private final Spool spool;
    private @Nullable SegmentReader open;
    /** How often the next segment could not be opened, though others could. */
    private int refusals;

    SpoolReader(Spool spool) {
        this.spool = requireNonNull(spool, "spool");
    }

    /**
     * Adds rows to a batch, up to its limits.
     *
     * @return the place behind the last of them
     * @throws UncheckedIOException if the next file, or any, cannot be opened now
     */
    SpoolMark read(SpoolMark from, RowBatch batch, int maxRows, int maxBytes) {
        SpoolMark place = from;
        while (batch.rows() < maxRows && batch.size() < maxBytes) {
            Spool.@Nullable Extent extent = spool.next(place);
            if (extent == null) {
                return place;
            }
            try {
                place = place.at(extent.segment(), read(extent, batch, maxRows, maxBytes));
            } catch (IOException e) {
                close();
                spool.setAside(extent.segment(), e);
            } catch (RuntimeException | Error e) {
                close(); // what it holds of the file may be half of it
                throw e;
            }
        }
        return place;
    }

    private long read(Spool.Extent extent, RowBatch batch, int maxRows, int maxBytes) throws IOException {
        SegmentReader reader = reader(extent.segment());
        long offset = extent.from();
        while (offset < extent.to() && batch.rows() < maxRows && batch.size() < maxBytes) {
            long record = reader.find(offset, extent.to());
            if (record > offset) {
                spool.skipped(extent.segment(), offset, record);
            }
            offset = record < extent.to() ? reader.take(record, batch) : record;
        }
        return offset;
    }

    private SegmentReader reader(long segment) throws IOException {
        @Nullable SegmentReader reader = open;
        if (reader == null || reader.number() != segment) {
            close();
            reader = opened(segment);
            open = reader;
        }
        return reader;
    }

    private SegmentReader opened(long segment) throws IOException {
        try {
            SegmentReader reader = new SegmentReader(spool.file(segment), spool.id(), segment);
            refusals = 0;
            return reader;
        } catch (IOException e) {
            // Nothing need be wrong with this one: too many files are open, say, now and then.
            if (!spool.isThere() || ++refusals < TRIES) {
                throw new UncheckedIOException(e);
            }
            refusals = 0;
            throw e;
        }
    }

    @Override
    public void close() {
        @Nullable SegmentReader reader = open;
        open = null;
        if (reader != null) {
            try {
                reader.close();
            } catch (IOException e) {
                LOG.debug("A segment was closed already", e);
            }
        }
    }
}
