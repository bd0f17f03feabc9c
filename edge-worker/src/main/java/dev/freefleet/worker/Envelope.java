package dev.freefleet.worker;

import static dev.freefleet.worker.js.JsonValue.integer;
import static dev.freefleet.worker.js.JsonValue.objects;
import static dev.freefleet.worker.js.JsonValue.text;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Js;
import dev.freefleet.worker.js.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * Stored answers as bytes: a line of JSON, a line feed, and the contents one after the other. The Cache API holds all
 * variants of a key in one such entry, {@code {"version":1,"key":...,"variants":[...]}}; KV holds one answer,
 * {@code {"version":1,"key":...,"status":...}} ({@code docs/edge-protocol.md}).
 */
final class Envelope {
    private static final int VERSION = 1;
    private static final int LINE_FEED = 10;

    private Envelope() {}

    static Int8Array write(String cacheKey, List<StoredAnswer> variants) {
        JsonText json = new JsonText();
        json.open('{')
                .member("version", VERSION)
                .member("key", cacheKey)
                .name("variants")
                .open('[');
        int length = 0;
        for (StoredAnswer answer : variants) {
            int own = ((HeldBody) answer.body()).bytes().getLength();
            length += own;
            json.item()
                    .open('{')
                    .member("status", answer.status())
                    .member("fields", answer.fields())
                    .member("request_ms", answer.requestMillis())
                    .member("response_ms", answer.responseMillis())
                    .member("selecting", answer.selecting())
                    .member("index", answer.indexVersion())
                    .member("tags", answer.tags())
                    .member("length", own)
                    .close('}');
        }
        Int8Array head = Js.utf8(json.close(']').close('}').raw("\n").toString());
        Int8Array all = new Int8Array(head.getLength() + length);
        all.set(head, 0);
        int at = head.getLength();
        for (StoredAnswer answer : variants) {
            Int8Array content = ((HeldBody) answer.body()).bytes();
            all.set(content, at);
            at += content.getLength();
        }
        return all;
    }

    /** The answers in these bytes; none where they are not what was written under this key. */
    static List<StoredAnswer> read(String cacheKey, Int8Array bytes) {
        int end = Js.indexOf(bytes, LINE_FEED);
        JsonValue json = end < 0 ? null : JsonValue.parse(Js.text(Js.part(bytes, 0, end)));
        if (json == null || integer(json, "version") != VERSION || !cacheKey.equals(text(json, "key"))) {
            return List.of();
        }
        List<JsonValue> heads = JsonValue.has(json, "variants") ? objects(json, "variants") : List.of(json);
        List<StoredAnswer> answers = new ArrayList<>(heads.size());
        int at = end + 1;
        for (JsonValue head : heads) {
            long length = integer(head, "length");
            if (length < 0 || length > bytes.getLength() - at) {
                return List.of();
            }
            int next = at + (int) length;
            answers.add(answer(head, new HeldBody(Js.part(bytes, at, next))));
            at = next;
        }
        return at == bytes.getLength() ? answers : List.of();
    }

    private static StoredAnswer answer(JsonValue head, HeldBody body) {
        return new StoredAnswer(
                (int) integer(head, "status"),
                Fields.of(JsonValue.pairs(head, "fields")),
                integer(head, "request_ms"),
                integer(head, "response_ms"),
                Fields.of(JsonValue.pairs(head, "selecting")),
                orEmpty(text(head, "index")),
                JsonValue.texts(head, "tags"),
                body);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
