package dev.freefleet.testkit.trace;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The program a user asks with. Each writes one question in its own way, and all of them mean the same (RFC 8785 gives
 * their contents one form). The manners are those of widespread serialisers and of people at a shell.
 */
enum Client {
    /** No white space, members as the program adds them. */
    JAVASCRIPT(30, "POST", ":", ",", ""),
    /** A space after colon and comma, other characters than ASCII escaped. */
    PYTHON(30, "POST", ": ", ", ", "") {
        @Override
        String string(String text) {
            return escaped(super.string(text));
        }
    },
    /** Members sorted by name, whole numbers with a fraction, as from a map of floats. */
    GO(10, "POST", ":", ",", "") {
        @Override
        String whole(int number) {
            return number + ".0";
        }

        @Override
        void order(List<String> members, RandomGenerator random) {
            Collections.sort(members);
        }
    },
    /** Typed by hand: lines, indents, any order, exponents. */
    CURL(10, "POST", " : ", ",\n  ", "\n") {
        @Override
        String whole(int number) {
            return number % 10 == 0 ? number / 10 + "e1" : number + "";
        }

        @Override
        void order(List<String> members, RandomGenerator random) {
            if (random.nextBoolean()) {
                Collections.reverse(members);
            }
        }
    },
    /** The QUERY method (RFC 10008). */
    MODERN(5, "QUERY", ":", ",", ""),
    /** A browser or a shell with {@code GET /query?q=} where that can say it, otherwise as JAVASCRIPT. */
    LINK(15, "GET", ":", ",", "");

    private final int share;
    private final String method;
    private final String colon;
    private final String comma;
    private final String margin;

    Client(int share, String method, String colon, String comma, String margin) {
        this.share = share;
        this.method = method;
        this.colon = colon;
        this.comma = comma;
        this.margin = margin;
    }

    /** A program, as often as its share of users says; the shares sum to 100. */
    static Client sample(RandomGenerator random) {
        int point = random.nextInt(100);
        for (Client client : values()) {
            point -= client.share;
            if (point < 0) {
                return client;
            }
        }
        throw new AssertionError("the shares sum to less than 100");
    }

    String string(String text) {
        return '"' + text + '"';
    }

    String whole(int number) {
        return Integer.toString(number);
    }

    void order(List<String> members, RandomGenerator random) {}

    /** The question as this program sends it; {@code text} is the question's text as this user typed it. */
    Wire write(Question question, String text, RandomGenerator random) {
        if (this == LINK && question.bare()) {
            // Either way of writing a space is the same query parameter.
            String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
            return new Wire("GET", "/query?q=" + (random.nextBoolean() ? encoded : encoded.replace("+", "%20")), null);
        }
        var members = new ArrayList<String>();
        members.add("\"query\"" + colon + string(text));
        if (question.limit() > 0) {
            members.add("\"limit\"" + colon + whole(question.limit()));
        }
        String filters = question.filters(colon, "0." + question.minScore() + (this == GO ? "0" : ""));
        if (filters != null) {
            members.add("\"filters\"" + colon + filters);
        }
        order(members, random);
        String json = "{" + margin + String.join(comma, members) + margin + "}";
        return new Wire(method.equals("GET") ? "POST" : method, question.path(), json);
    }

    private static String escaped(String text) {
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.toString();
    }

    /** What goes over the wire. */
    record Wire(String method, String target, @Nullable String json) {}
}
