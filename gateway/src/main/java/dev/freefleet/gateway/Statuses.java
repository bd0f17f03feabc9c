package dev.freefleet.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Status lines of HTTP/1.1, encoded once. */
final class Statuses {
    private static final byte[][] LINES = new byte[600][];

    static {
        for (int status = 100; status < 600; status++) {
            LINES[status] =
                    ("HTTP/1.1 " + status + " " + reason(status) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private Statuses() {}

    static String reason(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }

    /** The status line with its line end. */
    static byte[] line(int status) {
        return LINES[status];
    }
}
