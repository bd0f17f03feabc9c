package dev.freefleet.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Media types as far as a key depends on them (RFC 9110 section 8.3). */
final class MediaType {
    private MediaType() {}

    /**
     * The lower-case type of content that is surely JSON in UTF-8 and in no content coding; null where the fields leave
     * any doubt: two servers may then read two different questions.
     */
    static @Nullable String plainJson(Fields fields) {
        String usual = "application/json";
        if (usual.equals(fields.first("content-type"))
                && fields.count("content-type") == 1
                && !fields.has("content-encoding")) {
            return usual;
        }
        List<String> types = fields.all("content-type");
        for (String coding : Tokens.of(fields, "content-encoding")) {
            if (!coding.equals("identity")) {
                return null;
            }
        }
        return types.size() == 1 ? json(types.getFirst()) : null;
    }

    /** Whether an answer is a stream of events (the HTML standard's server-sent events), which may never end. */
    static boolean isEventStream(Fields answer) {
        String field = answer.first("content-type");
        if (field == null) {
            return false;
        }
        int semicolon = field.indexOf(';');
        return Ascii.lower(Ascii.trim(semicolon < 0 ? field : field.substring(0, semicolon)))
                .equals("text/event-stream");
    }

    private static @Nullable String json(String field) {
        int semicolon = field.indexOf(';');
        String type = Ascii.lower(Ascii.trim(semicolon < 0 ? field : field.substring(0, semicolon)));
        if (semicolon >= 0) {
            String parameter = Ascii.lower(Ascii.trim(field.substring(semicolon + 1)));
            if (!parameter.equals("charset=utf-8") && !parameter.equals("charset=\"utf-8\"")) {
                return null;
            }
        }
        int slash = type.indexOf('/');
        boolean isType =
                slash > 0 && Ascii.isToken(type.substring(0, slash)) && Ascii.isToken(type.substring(slash + 1));
        return isType && (type.equals("application/json") || type.endsWith("+json")) ? type : null;
    }
}
