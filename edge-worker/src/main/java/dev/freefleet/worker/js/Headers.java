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
    @JSBody(params = "headers", script = "return Array.from(headers).flat();")
    public static native String[] lines(Headers headers);

    /** From names and values in turn. */
    @JSBody(
            params = "lines",
            script =
                    "var h = new Headers(); for (var i = 0; i < lines.length; i += 2) h.append(lines[i], lines[i + 1]);"
                            + " return h;")
    public static native Headers of(String[] lines);
}
