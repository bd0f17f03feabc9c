package dev.freefleet.bench;

import dev.freefleet.testkit.trace.TraceEvent;
import java.nio.charset.StandardCharsets;

/** The requests of a run, as they go over the wire. */
final class Messages {
    private Messages() {}

    /** {@code GET /query?q=KIND-NUMBER}. */
    static String get(String kind, long number, String key) {
        return "GET /query?q=" + kind + "-" + number + " HTTP/1.1\r\nHost: bench.test\r\nX-API-Key: " + key
                + "\r\n\r\n";
    }

    /** As somebody asks it in a trace. */
    static String ask(TraceEvent.Ask ask, String key) {
        String head = ask.method() + " " + ask.target() + " HTTP/1.1\r\nHost: bench.test\r\nX-API-Key: " + key + "\r\n";
        String json = ask.json();
        return json == null
                ? head + "\r\n"
                : head + "Content-Type: application/json\r\nContent-Length: "
                        + json.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + json;
    }

    /** {@code POST /query} of {@code {"query":"KIND-NUMBER","limit":5}}. */
    static String post(String kind, long number, String key) {
        String json = "{\"query\":\"" + kind + "-" + number + "\",\"limit\":5}";
        return "POST /query HTTP/1.1\r\nHost: bench.test\r\nX-API-Key: " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: " + json.length() + "\r\n\r\n" + json;
    }
}
