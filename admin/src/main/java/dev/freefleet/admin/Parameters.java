package dev.freefleet.admin;

import io.helidon.webserver.http.ServerRequest;
import org.jspecify.annotations.Nullable;

/** What stands in a call's path and query. */
final class Parameters {
    private Parameters() {}

    /** A number in the path. @throws Problem 400 with this sentence */
    static long id(ServerRequest request, String name, String sentence) {
        return number(request.path().pathParameters().get(name), sentence);
    }

    /**
     * A text in the query, or null where it is not there.
     *
     * @throws Problem 400 where it is empty: a script whose variable is not set must not be told everybody's
     */
    static @Nullable String text(ServerRequest request, String name) {
        @Nullable String text = request.query().first(name).orElse(null);
        if (text != null && text.isEmpty()) {
            throw Body.invalid("The parameter " + name + " is empty; give it a value, or leave it out.");
        }
        return text;
    }

    /** A number in the query, or null where it is not there. @throws Problem 400 */
    static @Nullable Long number(ServerRequest request, String name) {
        @Nullable String text = text(request, name);
        return text == null ? null : (Long) number(text, "The parameter " + name + " is a whole number.");
    }

    /**
     * How many are wanted at the most.
     *
     * @param usual where nothing is said
     * @param most 1 or more
     * @throws Problem 400 with the range, whatever is wrong with it
     */
    static int limit(ServerRequest request, int usual, int most) {
        @Nullable String text = text(request, "limit");
        String sentence = "The parameter limit is 1 to " + most + ".";
        long limit = text == null ? usual : number(text, sentence);
        if (limit < 1 || limit > most) {
            throw Body.invalid(sentence);
        }
        return (int) limit;
    }

    private static long number(String text, String sentence) {
        boolean digits = !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            throw Body.invalid(sentence);
        }
        return Long.parseLong(text);
    }
}
