package dev.freefleet.worker.js;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSClass;
import org.teavm.jso.JSObject;

/**
 * A value that the runtime's own JSON reader has read. What is missing or of another type than asked for is null, 0, false
 * or empty; who has to know asks {@link #has}.
 */
@JSClass(transparent = true)
public abstract class JsonValue implements JSObject {
    /** The value of this text, or null where it is no JSON. */
    @JSBody(params = "text", script = "try { return JSON.parse(text); } catch (e) { return null; }")
    public static native @Nullable JsonValue parse(String text);

    @JSBody(
            params = {"json", "name"},
            script = "return json != null && json[name] != null;")
    public static native boolean has(JsonValue json, String name);

    @JSBody(
            params = {"json", "name"},
            script = "return json != null && Array.isArray(json[name]);")
    public static native boolean isList(JsonValue json, String name);

    @JSBody(
            params = {"json", "name"},
            script = "var v = json == null ? null : json[name]; return v !== null && typeof v === 'object' ? v : null;")
    public static native @Nullable JsonValue object(JsonValue json, String name);

    @JSBody(
            params = {"json", "name"},
            script = "var v = json == null ? null : json[name]; return typeof v === 'string' ? v : null;")
    public static native @Nullable String text(JsonValue json, String name);

    @JSBody(
            params = {"json", "name"},
            script = "var v = json == null ? null : json[name]; return typeof v === 'number' ? v : 0;")
    public static native double number(JsonValue json, String name);

    @JSBody(
            params = {"json", "name"},
            script = "return json != null && json[name] === true;")
    public static native boolean flag(JsonValue json, String name);

    @JSBody(
            params = {"json", "name"},
            script = "var v = json == null ? null : json[name]; return Array.isArray(v) ? v.map(String) : [];")
    private static native String[] textArray(JsonValue json, String name);

    @JSBody(
            params = {"json", "name"},
            script = "var v = json == null ? null : json[name];"
                    + " return Array.isArray(v) ? v.filter(function(l) { return Array.isArray(l) && l.length === 2; })"
                    + ".map(function(l) { return l.map(String); }).flat() : [];")
    public static native String[] pairs(JsonValue json, String name);

    @JSBody(
            params = {"json", "name"},
            script = "var v = json == null ? null : json[name]; return Array.isArray(v) ? v.length : 0;")
    private static native int length(JsonValue json, String name);

    @JSBody(
            params = {"json", "name", "i"},
            script = "var v = json[name][i]; return v !== null && typeof v === 'object' ? v : null;")
    private static native @Nullable JsonValue item(JsonValue json, String name, int i);

    /** The items of a list by a number, of which the last holds where there are several. */
    @JSClass(transparent = true)
    public abstract static class Index implements JSObject {
        /** The objects of a list by the whole number that is this member of theirs; null where one has none. */
        @JSBody(
                params = {"json", "list", "member"},
                script =
                        "var l = json[list]; return l.every(function(v) { return v && Number.isSafeInteger(v[member]); })"
                                + " ? new Map(l.map(function(v) { return [v[member], v]; })) : null;")
        public static native @Nullable Index of(JsonValue json, String list, String member);

        /** The whole numbers of a list; null where something else is in it. */
        @JSBody(
                params = {"json", "list"},
                script =
                        "var l = json[list];"
                                + " return l.every(Number.isSafeInteger) ? new Map(l.map(function(v) { return [v, true]; })) : null;")
        public static native @Nullable Index of(JsonValue json, String list);

        public static boolean has(Index index, long id) {
            return has(index, (double) id);
        }

        /** The object of a number that the index has. */
        public static JsonValue get(Index index, long id) {
            return get(index, (double) id);
        }

        @JSBody(
                params = {"index", "id"},
                script = "return index.has(id);")
        private static native boolean has(Index index, double id);

        @JSBody(
                params = {"index", "id"},
                script = "return index.get(id);")
        private static native JsonValue get(Index index, double id);

        /** All numbers. */
        @JSBody(params = "index", script = "return Array.from(index.keys());")
        public static native double[] ids(Index index);
    }

    @JSBody(params = "json", script = "return Object.keys(json);")
    public static native String[] names(JsonValue json);

    /** A list of texts; numbers count as texts. */
    public static List<String> texts(JsonValue json, String name) {
        return List.of(textArray(json, name));
    }

    /** A list of objects; what is none is left out. */
    public static List<JsonValue> objects(JsonValue json, String name) {
        int length = length(json, name);
        List<JsonValue> items = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            JsonValue item = item(json, name, i);
            if (item != null) {
                items.add(item);
            }
        }
        return items;
    }

    /** A number without its fraction; 0 where it is beyond the 53 bits in which a double is exact, or infinite. */
    public static long integer(JsonValue json, String name) {
        return (long) safe(json, name);
    }

    @JSBody(
            params = {"json", "name"},
            script = "var v = json == null ? null : json[name];"
                    + " return typeof v === 'number' && Math.abs(v) <= Number.MAX_SAFE_INTEGER ? v : 0;")
    private static native double safe(JsonValue json, String name);
}
