package dev.freefleet.worker.js;

import org.jspecify.annotations.Nullable;
import org.teavm.jso.JSBody;
import org.teavm.jso.JSClass;
import org.teavm.jso.JSObject;

/** Field lines (Fetch standard, section 5.1): lines of one name are joined, but for Set-Cookie. */
@JSClass(transparent = true)
public abstract class Headers implements JSObject {
    public abstract @Nullable String get(String name);

    /** Names in lower case and values in turn. */
    @JSBody(
            params = "headers",
            script = "var l = []; headers.forEach(function(value, name) { l.push(name, value); }); return l;")
    public static native String[] lines(Headers headers);

    /** From names and values in turn, as a new request or answer takes them: an object of the runtime costs more. */
    @JSBody(
            params = "lines",
            script =
                    "var l = []; for (var i = 0; i < lines.length; i += 2) l.push([lines[i], lines[i + 1]]); return l;")
    public static native Headers.Init of(String[] lines);

    /** What headers are made from (Fetch standard, {@code HeadersInit}). */
    public interface Init extends JSObject {}
}
