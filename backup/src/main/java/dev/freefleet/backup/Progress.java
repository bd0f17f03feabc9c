package dev.freefleet.backup;

/** Hears how long work goes on. Called often, from several threads; it should return at once. */
@FunctionalInterface
public interface Progress {
    /** Hears nothing. */
    Progress NONE = (stage, done, total) -> {};

    /** What is being done. */
    enum Stage {
        /** Bytes read from the source. */
        READ,
        /** Bytes sent to a store. */
        WRITE,
        /** Bytes restored. */
        RESTORE,
        /** Bytes of packs verified. */
        VERIFY,
        /** Bytes of packs repacked. */
        REPACK,
        /** Bytes of chunks copied to another store. */
        COPY
    }

    /**
     * Says how far the work is.
     *
     * @param stage what is being done
     * @param done bytes done since the operation began
     * @param total bytes that there are to do, or -1 if nobody knows
     */
    void at(Stage stage, long done, long total);
}
