package dev.freefleet.edge;

import java.util.List;
import java.util.Objects;
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
        Fields.Builder selecting = Fields.builder();
        String content = request.first(CONTENT);
        if (content != null) {
            selecting.add(CONTENT, content);
        }
        for (String name : Tokens.of(answer, "vary")) {
            String value = request.combined(name);
            if (value != null) {
                selecting.set(name, value);
            }
        }
        return selecting.build();
    }

    /** Whether no request ever matches the answer. */
    static boolean isAny(Fields answer) {
        return Tokens.of(answer, "vary").contains("*");
    }

    /** The most recent of the stored answers that match the request, or null. */
    static @Nullable StoredAnswer select(List<StoredAnswer> variants, Fields request) {
        StoredAnswer selected = null;
        for (StoredAnswer variant : variants) {
            boolean newer = selected == null || variant.responseMillis() > selected.responseMillis();
            if (newer && matches(variant, request)) {
                selected = variant;
            }
        }
        return selected;
    }

    static boolean matches(StoredAnswer variant, Fields request) {
        if (!Objects.equals(variant.selecting().first(CONTENT), request.first(CONTENT))) {
            return false;
        }
        for (String name : Tokens.of(variant.fields(), "vary")) {
            if (name.equals("*") || !same(variant.selecting().first(name), request.combined(name))) {
                return false;
            }
        }
        return true;
    }

    /** Values are the same but for white space around the commas of a list. */
    private static boolean same(@Nullable String stored, @Nullable String requested) {
        if (Objects.equals(stored, requested)) {
            return true;
        }
        return stored != null && requested != null && spaced(stored).equals(spaced(requested));
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
