package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a stored answer can be purged by: values inside its JSON content, found by JSON pointers (RFC 6901) in which the
 * segment {@code *} stands for every element of an array or every member of an object. Strings count as they are, numbers
 * in their canonical form (RFC 8785). Immutable.
 *
 * <p>An answer whose tags cannot all be told (its content is no strict JSON or too long, it has too many tags or one too
 * long) has the tag {@link #ANY}, and every purge takes it: rather one fetch too many than an answer that should be gone.
 *
 * @param pointers at most {@value #MAX_POINTERS}, each "" or beginning with "/"
 */
public record AnswerTags(List<String> pointers) {
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

    public AnswerTags {
        pointers = List.copyOf(pointers);
        RateLimit.requireRange(pointers.size(), 0, MAX_POINTERS, "the number of tag pointers");
        for (String pointer : pointers) {
            segments(pointer);
        }
    }

    /** The tags of this content, each once, in the order of the pointers and the content. */
    public List<String> of(byte[] content) {
        if (pointers.isEmpty()) {
            return List.of();
        }
        Json json = content.length > MAX_CONTENT ? null : JsonReader.read(content);
        if (json == null) {
            return List.of(ANY);
        }
        Set<String> tags = new LinkedHashSet<>();
        for (String pointer : pointers) {
            if (!collect(json, segments(pointer), 0, tags)) {
                return List.of(ANY);
            }
        }
        return List.copyOf(tags);
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
                int index = index(segment);
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

    /** RFC 6901 section 4: digits without a leading zero; -1 for anything else. */
    private static int index(String segment) {
        boolean canonical = segment.length() == 1 || !segment.startsWith("0");
        return segment.isEmpty() || segment.length() > 9 || !canonical ? -1 : (int) Ascii.digits(segment);
    }

    private static List<String> segments(String pointer) {
        List<String> segments = new ArrayList<>();
        if (pointer.isEmpty()) {
            return segments;
        }
        if (!pointer.startsWith("/")) {
            throw malformed(pointer);
        }
        StringBuilder segment = new StringBuilder();
        for (int i = 1; i < pointer.length(); i++) {
            char c = pointer.charAt(i);
            if (c == '/') {
                segments.add(segment.toString());
                segment.setLength(0);
            } else if (c == '~') {
                char escaped = ++i < pointer.length() ? pointer.charAt(i) : ' ';
                if (escaped != '0' && escaped != '1') {
                    throw malformed(pointer);
                }
                segment.append(escaped == '0' ? '~' : '/');
            } else {
                segment.append(c);
            }
        }
        segments.add(segment.toString());
        return segments;
    }

    private static IllegalArgumentException malformed(String pointer) {
        return new IllegalArgumentException(
                "a tag pointer must be a JSON pointer such as /sources/*/id, but one is \"" + pointer + "\"");
    }
}
