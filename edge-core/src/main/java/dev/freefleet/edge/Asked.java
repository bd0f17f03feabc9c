package dev.freefleet.edge;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All of a request that its cache key is made of, as it was sent: whoever asks the very same has the same key.
 * Immutable; the content is not to be changed.
 */
final class Asked {
    private static final int MAX_CONTENT = 2_048;

    private final Route route;
    private final Target.Canonical target;
    private final String scope;
    private final @Nullable String type;
    private final Fields keyFields;
    private final byte @Nullable [] content;
    private final int hash;

    /**
     * What came of it.
     *
     * @param cacheKey the key
     * @param question what usage events hold of the question, or null
     */
    record Keyed(String cacheKey, @Nullable UsageQuestion question) {}

    /**
     * Puts it together.
     *
     * @param scope who shares the entry
     * @param type the content's media type, or null
     * @param keyFields the request's fields that are part of the key
     */
    Asked(
            Route route,
            Target.Canonical target,
            String scope,
            @Nullable String type,
            Fields keyFields,
            byte @Nullable [] content) {
        this.route = route;
        this.target = target;
        this.scope = scope;
        this.type = type;
        this.keyFields = keyFields;
        this.content = content;
        this.hash = 31 * (31 * (31 * target.path().hashCode() + Objects.hashCode(target.query())) + scope.hashCode())
                + Arrays.hashCode(content);
    }

    /** Whether it is short enough to be kept. */
    boolean isShort() {
        String query = target.query();
        int length = target.path().length() + (query == null ? 0 : query.length()) + (type == null ? 0 : type.length());
        for (int i = 0; i < keyFields.size(); i++) {
            length += keyFields.value(i).length();
        }
        return length + (content == null ? 0 : content.length) <= MAX_CONTENT;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Asked that
                && hash == that.hash
                && route.equals(that.route)
                && target.path().equals(that.target.path())
                && Objects.equals(target.query(), that.target.query())
                && scope.equals(that.scope)
                && Objects.equals(type, that.type)
                && keyFields.equals(that.keyFields)
                && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
