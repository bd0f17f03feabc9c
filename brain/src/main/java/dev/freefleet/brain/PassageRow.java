package dev.freefleet.brain;

/**
 * A passage as the index stores and answers cite it.
 *
 * @param source the id that clients see: {@code guide/install.md#linux}
 * @param document the document's id
 * @param date epoch milliseconds, the document's
 */
record PassageRow(
        String source,
        String document,
        String format,
        String title,
        String heading,
        int position,
        long date,
        String text) {}
