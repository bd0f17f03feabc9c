package dev.freefleet.brain;

import java.util.List;

/**
 * What the index keeps of a document beside its passages.
 *
 * @param id its path below the root, with the root's name before it when there are several roots
 * @param format {@code markdown}, {@code html} or {@code text}
 * @param date epoch milliseconds: what the document states, else the file's modification time
 * @param digest SHA-256 of the file, hexadecimal
 * @param added epoch milliseconds of its first ingest
 * @param changed epoch milliseconds of the ingest that wrote this state
 * @param words in all passages
 * @param passages how many there are
 * @param terms its most frequent words, the most frequent first
 * @param links ids of the documents that it links to, whether those exist or not
 */
record DocumentRow(
        String id,
        String format,
        String title,
        long date,
        String digest,
        long added,
        long changed,
        int words,
        int passages,
        List<TermCount> terms,
        List<String> links) {

    /** A word in lower case and how often the document has it. */
    record TermCount(String term, int count) {}

    /** The folder part of the id, empty at the top. */
    String folder() {
        return folderOf(id);
    }

    static String folderOf(String id) {
        int slash = id.lastIndexOf('/');
        return slash < 0 ? "" : id.substring(0, slash);
    }
}
