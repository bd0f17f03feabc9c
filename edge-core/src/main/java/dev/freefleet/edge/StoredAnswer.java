package dev.freefleet.edge;

import java.util.List;
import java.util.Objects;

/**
 * One answer in a store: what RFC 9111 section 3 needs to reuse it. A cache key has one answer for each variant (Vary).
 * Immutable; the body is the store's own and stays where the store has it.
 *
 * @param status the answer's status
 * @param fields the answer's field lines without hop-by-hop ones
 * @param requestMillis when the request that it answers was sent, epoch milliseconds (RFC 9111 section 4.2.3)
 * @param responseMillis when its head arrived, epoch milliseconds
 * @param selecting the request's fields that the answer's Vary names, as they were (RFC 9111 section 4.1)
 * @param indexVersion the version of the Brain's index when it was asked, or "" where none was known
 * @param tags what the answer can be purged by
 * @param body the stored content
 */
public record StoredAnswer(
        int status,
        Fields fields,
        long requestMillis,
        long responseMillis,
        Fields selecting,
        String indexVersion,
        List<String> tags,
        Body body) {
    /** Stored content, known to the core by its length alone; the shell that stored it knows the rest. */
    public interface Body {
        /** Bytes of content. */
        long length();
    }

    /** The same answer with other fields, as a later request to the origin has confirmed it. */
    StoredAnswer freshened(Fields newFields, long newRequestMillis, long newResponseMillis, String newIndexVersion) {
        return new StoredAnswer(
                status, newFields, newRequestMillis, newResponseMillis, selecting, newIndexVersion, tags, body);
    }

    public StoredAnswer {
        Objects.requireNonNull(fields, "fields");
        Objects.requireNonNull(selecting, "selecting");
        Objects.requireNonNull(indexVersion, "indexVersion");
        tags = List.copyOf(tags);
        Objects.requireNonNull(body, "body");
    }
}
