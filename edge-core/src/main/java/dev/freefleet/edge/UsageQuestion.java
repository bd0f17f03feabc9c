package dev.freefleet.edge;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What usage events hold of a question. While an edge remembers a question, all events of those who ask it share one object, so that who
 * records them can leave with it what he made of it, and need not look for that in a table of his own: an event loop would
 * find each entry of such a table out of the core's caches. Equal are those of equal digest and text. Thread-safe.
 */
public final class UsageQuestion {
    private final @Nullable String digest;
    private final @Nullable String text;
    /** Not volatile: who races makes the same once more. */
    private @Nullable Object made;

    private UsageQuestion(@Nullable String digest, @Nullable String text) {
        this.digest = digest;
        this.text = text;
    }

    /**
     * A question; null where nothing is held of it.
     *
     * @param digest lower-case hex of the first 16 bytes of the SHA-256 of the canonical query, or null
     * @param text as it was asked, at most 2,000 characters, or null
     */
    public static @Nullable UsageQuestion of(@Nullable String digest, @Nullable String text) {
        return digest == null && text == null ? null : new UsageQuestion(digest, text);
    }

    /** The digest, or null. */
    public @Nullable String digest() {
        return digest;
    }

    /** The text, or null. */
    public @Nullable String text() {
        return text;
    }

    /** What was left here last, by whomever, or null. */
    public @Nullable Object made() {
        return made;
    }

    /**
     * Leaves something here for the next event of the question. An edge may hold thousands of questions, so it has to be small.
     *
     * @param result immutable, as other threads may see it without further ado
     */
    public void leave(Object result) {
        made = Objects.requireNonNull(result, "result");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UsageQuestion that
                && Objects.equals(digest, that.digest)
                && Objects.equals(text, that.text);
    }

    @Override
    public int hashCode() {
        return 31 * Objects.hashCode(digest) + Objects.hashCode(text);
    }

    /** Nothing of it: a question may be secret, and its digest lets anybody try which one it is. */
    @Override
    public String toString() {
        return "UsageQuestion";
    }
}
