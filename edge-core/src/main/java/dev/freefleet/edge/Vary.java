package dev.freefleet.edge;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which stored answer answers a request, where a resource has several (RFC 9111 section 4.1). */
final class Vary {
    /**
     * Stands among the selecting fields for the content of a QUERY (RFC 10008 section 2.7), which tells the answers of
     * one URI apart as the fields that Vary names do. No field can have this name.
     */
    static final String CONTENT = ":content";

    private Vary() {}

    /** The request's fields that an answer's Vary names; a field that the request does not have is not in it. */
    static Fields selecting(Fields answer, Fields request) {
        String content = request.first(CONTENT);
        if (content == null && answer.facts().varies().isEmpty()) {
            return Fields.empty();
        }
        Fields.Builder selecting = Fields.builder();
        if (content != null) {
            selecting.add(CONTENT, content);
        }
        for (String name : answer.facts().varies()) {
            String value = request.combined(name);
            if (value != null) {
                selecting.set(name, value);
            }
        }
        return selecting.build();
    }

    /**
     * The most recent of the stored answers that match the request, or null.
     *
     * @param content what tells the content of a QUERY, or null
     * @param request the request as the origin would see it; asked for only where an answer varies
     */
    static @Nullable StoredAnswer select(
            List<StoredAnswer> variants, @Nullable String content, Supplier<Fields> request) {
        StoredAnswer selected = null;
        for (StoredAnswer variant : variants) {
            boolean newer = selected == null || variant.responseMillis() > selected.responseMillis();
            if (newer && matches(variant, content, request)) {
                selected = variant;
            }
        }
        return selected;
    }

    private static boolean matches(StoredAnswer variant, @Nullable String content, Supplier<Fields> request) {
        if (!Objects.equals(variant.selecting().first(CONTENT), content)) {
            return false;
        }
        for (String name : variant.fields().facts().varies()) {
            if (name.equals("*")
                    || !same(
                            name, variant.selecting().first(name), request.get().combined(name))) {
                return false;
            }
        }
        return true;
    }

    /** Values are the same but for white space around the commas of a list, and for how a list of languages is written. */
    private static boolean same(String name, @Nullable String stored, @Nullable String requested) {
        if (Objects.equals(stored, requested)) {
            return true;
        }
        if (stored == null || requested == null) {
            return false;
        }
        String one = spaced(stored);
        String other = spaced(requested);
        return name.equals("accept-language")
                ? Languages.ordered(one).equals(Languages.ordered(other))
                : one.equals(other);
    }

    private static String spaced(String value) {
        if (value.indexOf('"') >= 0) {
            return value;
        }
        StringBuilder text = new StringBuilder(value.length());
        int start = 0;
        while (start <= value.length()) {
            int comma = value.indexOf(',', start);
            int end = comma < 0 ? value.length() : comma;
            text.append(start == 0 ? "" : ",").append(Ascii.trim(value.substring(start, end)));
            start = end + 1;
        }
        return text.toString();
    }
}
