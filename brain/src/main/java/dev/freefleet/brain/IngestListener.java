package dev.freefleet.brain;

/** Hears how far an ingest is; called from the ingesting thread, so it must be quick. */
public interface IngestListener {

    /** Hears nothing. */
    IngestListener SILENT = new IngestListener() {};

    /** All files are found; reading begins. Called once, first. */
    default void found(int files) {}

    /** One of the found files is dealt with: unchanged, skipped, or embedded and written. */
    default void done(String document) {}

    /** A file was not taken in; the ingest goes on. */
    default void skipped(SkippedFile file) {}
}
