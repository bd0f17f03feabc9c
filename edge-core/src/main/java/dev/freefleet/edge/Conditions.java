package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Conditional requests (RFC 9110 section 13, RFC 9111 section 4.3): the client's to us, and ours to the origin. */
final class Conditions {
    private static final List<String> CLIENT_SIDE =
            List.of("if-none-match", "if-modified-since", "if-range", "range", "if-match", "if-unmodified-since");

    private Conditions() {}

    /** Whether the request has conditions that only the origin can judge (RFC 9111 section 4.3.2). */
    static boolean isForOrigin(Fields request) {
        return request.has("if-match") || request.has("if-unmodified-since");
    }

    /** Whether the request has any condition. */
    static boolean hasAny(Fields request) {
        return isForOrigin(request) || request.has("if-none-match") || request.has("if-modified-since");
    }

    /** Whether the client has the answer already, so that it is told no more than 304. */
    static boolean isNotModified(Fields request, Fields answer, long responseMillis, long nowMillis) {
        String etag = answer.first("etag");
        List<String> tags = request.all("if-none-match");
        if (!tags.isEmpty()) {
            // RFC 9110 section 13.2.2: If-Modified-Since does not count beside If-None-Match.
            return matchesWeakly(tags, etag);
        }
        List<String> since = request.all("if-modified-since");
        if (since.size() != 1) {
            return false;
        }
        long asked = HttpDate.parse(since.getFirst(), nowMillis);
        String modified = answer.first("last-modified");
        long changed =
                modified == null ? Freshness.date(answer, responseMillis) : HttpDate.parse(modified, responseMillis);
        return asked != HttpDate.INVALID && changed != HttpDate.INVALID && changed <= asked;
    }

    /** The weak comparison of RFC 9110 section 8.8.3.2 with each tag of a list. */
    private static boolean matchesWeakly(List<String> lines, @Nullable String etag) {
        for (String line : lines) {
            if (Ascii.trim(line).equals("*")) {
                return true;
            }
            for (String tag : tags(line)) {
                if (etag != null && opaque(tag).equals(opaque(etag))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The tags of a list; commas inside of quotes do not end one. */
    private static List<String> tags(String line) {
        List<String> tags = new ArrayList<>();
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i <= line.length(); i++) {
            boolean end = i == line.length() || (line.charAt(i) == ',' && !quoted);
            if (end) {
                String tag = Ascii.trim(line.substring(start, i));
                if (!tag.isEmpty()) {
                    tags.add(tag);
                }
                start = i + 1;
            } else if (line.charAt(i) == '"') {
                quoted = !quoted;
            }
        }
        return tags;
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    static boolean isStrong(String tag) {
        return tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"");
    }

    /** Whether the origin can be asked if the stored answer still holds. */
    static boolean canValidate(Fields stored) {
        return stored.has("etag") || stored.has("last-modified");
    }

    /** The request that asks so: with the stored validators in place of the client's conditions and ranges. */
    static Fields validating(Fields request, Fields stored) {
        Fields.Builder fields = unconditional(request).toBuilder();
        String etag = stored.first("etag");
        String modified = stored.first("last-modified");
        if (etag != null) {
            fields.add("if-none-match", etag);
        }
        if (modified != null) {
            fields.add("if-modified-since", modified);
        }
        return fields.build();
    }

    /** The request without conditions and ranges: its answer is whole. */
    static Fields unconditional(Fields request) {
        Fields.Builder fields = request.toBuilder();
        CLIENT_SIDE.forEach(fields::remove);
        return fields.build();
    }

    /**
     * Whether a 304 speaks of this stored answer (RFC 9111 section 4.3.3): not if it names another validator.
     */
    static boolean confirms(Fields notModified, Fields stored) {
        String etag = notModified.first("etag");
        String storedEtag = stored.first("etag");
        if (etag != null && storedEtag != null) {
            return opaque(etag).equals(opaque(storedEtag));
        }
        String modified = notModified.first("last-modified");
        String storedModified = stored.first("last-modified");
        return etag != null || modified == null || storedModified == null || modified.equals(storedModified);
    }
}
