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
        JsonText json = begun(cacheKey).name("variants").open('[');
        for (StoredAnswer answer : variants) {
            json.item().open('{');
            members(json, answer).close('}');
        }
        return whole(json.close(']'), variants);
    }

    /** An answer without selecting fields, as KV holds it. */
    static Int8Array one(String cacheKey, StoredAnswer answer) {
        return whole(members(begun(cacheKey), answer), List.of(answer));
    }

    private static JsonText begun(String cacheKey) {
        return new JsonText().open('{').member("version", VERSION).member("key", cacheKey);
    }

    private static JsonText members(JsonText json, StoredAnswer answer) {
        return json.member("status", answer.status())
                .member("fields", answer.fields())
                .member("request_ms", answer.requestMillis())
                .member("response_ms", answer.responseMillis())
                .member("selecting", answer.selecting())
                .member("index", answer.indexVersion())
                .member("tags", answer.tags())
                .member("length", answer.body().length());
    }

    private static Int8Array whole(JsonText json, List<StoredAnswer> answers) {
        Int8Array head = Js.utf8(json.close('}').raw("\n").toString());
        int length = head.getLength();
        for (StoredAnswer answer : answers) {
            length += ((HeldBody) answer.body()).bytes().getLength();
        }
        Int8Array all = new Int8Array(length);
        all.set(head, 0);
        int at = head.getLength();
        for (StoredAnswer answer : answers) {
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
