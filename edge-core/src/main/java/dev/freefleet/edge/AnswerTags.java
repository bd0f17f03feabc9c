package dev.freefleet.edge;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a stored answer can be purged by: values inside its JSON content, found by JSON pointers (RFC 6901) in which the
 * segment {@code *} stands for every element of an array or every member of an object. Strings count as they are, numbers
 * in their canonical form (RFC 8785). Immutable; two with the same pointers are equal.
 *
 * <p>An answer whose tags cannot all be told (its content is no strict JSON or too long, it has too many tags or one too
 * long) has the tag {@link #ANY}, and every purge takes it: rather one fetch too many than an answer that should be gone.
 * But a JSON object or array in which a pointer's member names do not occur has no tags, whatever else is wrong with it.
 */
public final class AnswerTags {
    /** The tag that every purge by tag takes. */
    public static final String ANY = "*";

    /** The most tags that an answer has. */
    public static final int MAX_TAGS = 64;

    /** The longest tag, in characters. */
    public static final int MAX_LENGTH = 256;

    /** The longest content that is read for tags, in bytes. */
    public static final int MAX_CONTENT = 256 * 1024;

    /** The most pointers. */
    public static final int MAX_POINTERS = 8;

    /** No tags at all: nothing is read. */
    public static final AnswerTags NONE = new AnswerTags(List.of());

    /** The documents that an answer of the Brain rests on: {@code /sources/}{@code *}{@code /id}. */
    public static final AnswerTags SOURCES = new AnswerTags(List.of("/sources/*/id"));

    private final List<String> pointers;
    private final List<TagPath> paths;

    /**
     * Tags by these pointers.
     *
     * @param pointers at most {@value #MAX_POINTERS}, each "" or beginning with "/"
     * @throws IllegalArgumentException if one is no JSON pointer, or there are too many
     */
    public AnswerTags(List<String> pointers) {
        this.pointers = List.copyOf(pointers);
        RateLimit.requireRange(pointers.size(), 0, MAX_POINTERS, "the number of tag pointers");
        this.paths = this.pointers.stream().map(TagPath::new).toList();
    }

    /** The pointers, as they were written. */
    public List<String> pointers() {
        return pointers;
    }

    /** The tags of this content, each once, in the order of the pointers and the content. */
    public List<String> of(byte[] content) {
        List<String> tags = paths.isEmpty() || content.length > MAX_CONTENT ? null : TagReader.read(paths, content);
        if (tags != null) {
            return tags;
        }
        if (!canMatch(content)) {
            return List.of();
        }
        return content.length > MAX_CONTENT ? List.of(ANY) : ofDocument(content);
    }

    /** The same by way of a document, which costs more and leaves nothing out. */
    List<String> ofDocument(byte[] content) {
        Json json = JsonReader.read(content);
        if (json == null) {
            return List.of(ANY);
        }
        Set<String> tags = new LinkedHashSet<>();
        for (TagPath path : paths) {
            if (!collect(json, path.segments(), 0, tags)) {
                return List.of(ANY);
            }
        }
        return List.copyOf(tags);
    }

    /** Whether any pointer can lead to something. */
    private boolean canMatch(byte[] content) {
        int start = 0;
        while (start < content.length && content[start] <= ' ' && content[start] >= 0) {
            start++;
        }
        boolean container = start < content.length && (content[start] == '{' || content[start] == '[');
        if (!container) {
            return !paths.isEmpty();
        }
        for (TagPath path : paths) {
            if (path.canMatch(content)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a purge of this tag takes an answer with these tags. */
    public static boolean matches(List<String> tags, String tag) {
        return tags.contains(tag) || tags.contains(ANY);
    }

    /** Adds what the segments from {@code at} on lead to; false where the tags are too many or too long. */
    private static boolean collect(Json json, List<String> segments, int at, Set<String> tags) {
        if (at == segments.size()) {
            return switch (json) {
                case Json.Str(var text) -> add(text, tags);
                case Json.Num num -> add(EcmaNumber.text(num.negative(), num.magnitude()), tags);
                case Json.Obj ignored -> true;
                case Json.Arr ignored -> true;
                case Json.Bool ignored -> true;
                case Json.Null ignored -> true;
            };
        }
        for (Json child : children(json, segments.get(at))) {
            if (!collect(child, segments, at + 1, tags)) {
                return false;
            }
        }
        return true;
    }

    private static boolean add(String tag, Set<String> tags) {
        if (tag.length() > MAX_LENGTH) {
            return false;
        }
        tags.add(tag);
        return tags.size() <= MAX_TAGS;
    }

    private static Iterable<Json> children(Json json, String segment) {
        return switch (json) {
            case Json.Obj(var members) -> {
                Json member = members.get(segment);
                yield segment.equals(ANY) ? members.values() : member == null ? List.of() : List.of(member);
            }
            case Json.Arr(var items) -> {
                int index = TagPath.index(segment);
                yield segment.equals(ANY)
                        ? items
                        : index < 0 || index >= items.size() ? List.of() : List.of(items.get(index));
            }
            case Json.Str ignored -> List.of();
            case Json.Num ignored -> List.of();
            case Json.Bool ignored -> List.of();
            case Json.Null ignored -> List.of();
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AnswerTags that && pointers.equals(that.pointers);
    }

    @Override
    public int hashCode() {
        return pointers.hashCode();
    }

    @Override
    public String toString() {
        return "AnswerTags" + pointers;
    }
}
