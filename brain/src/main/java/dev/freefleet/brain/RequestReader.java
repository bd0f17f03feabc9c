package dev.freefleet.brain;

import io.helidon.common.uri.UriQuery;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a request carries: JSON content, or the parameters of a {@code GET}. */
final class RequestReader {

    private final int bodyBytes;

    RequestReader(int bodyBytes) {
        this.bodyBytes = bodyBytes;
    }

    JsonBody body(ServerRequest request) throws IOException {
        if (request.headers().contentLength().orElse(0) > bodyBytes) {
            throw tooLarge();
        }
        checkType(request);
        byte[] content;
        try (InputStream in = request.content().inputStream()) {
            content = in.readNBytes(bodyBytes + 1);
            if (content.length > bodyBytes) {
                throw tooLarge();
            }
        }
        return JsonBody.parse(content);
    }

    private ApiError tooLarge() {
        return new ApiError(
                413,
                "The content is too large.",
                "Send at most " + bodyBytes + " bytes.",
                Map.of("Connection", "close"));
    }

    /** RFC 10008 section 2: a QUERY whose Content-Type is missing or not understood fails; POST is held to the same. */
    private static void checkType(ServerRequest request) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        int parameters = type.indexOf(';');
        String media =
                (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
        if (!media.equals(BrainHandler.JSON)) {
            throw new ApiError(
                    415,
                    "The content must be JSON.",
                    "Send Content-Type: application/json.",
                    Map.of("Accept-Query", "\"" + BrainHandler.JSON + "\""));
        }
    }

    Api.Reply query(ServerRequest request, Api api) {
        UriQuery parameters = request.query();
        String question = one(parameters, "q", Api.MAX_QUERY_CHARS);
        if (question.isBlank()) {
            throw ApiError.badRequest("q is missing or empty.", "Ask as /query?q=how+do+I+start");
        }
        String limit = one(parameters, "limit", 10);
        return api.query(question, one(parameters, "context", Api.MAX_QUERY_CHARS), limit(limit));
    }

    private static int limit(String text) {
        try {
            int limit = text.isEmpty() ? Api.DEFAULT_LIMIT : Integer.parseInt(text);
            if (limit >= 1 && limit <= Api.MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // told below like a number out of range
        }
        throw ApiError.badRequest(
                "limit must be a whole number from 1 to " + Api.MAX_LIMIT + ".",
                "Leave it out for " + Api.DEFAULT_LIMIT + ".");
    }

    private static String one(UriQuery parameters, String name, int mostChars) {
        if (!parameters.contains(name)) {
            return "";
        }
        List<String> values;
        try {
            values = parameters.all(name);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(name + " is not percent-encoded right.", "Encode it as UTF-8.");
        }
        if (values.size() != 1) {
            throw ApiError.badRequest(name + " is given more than once.", "Give it once.");
        }
        return JsonBody.checked(name, values.getFirst(), mostChars);
    }
}
