package dev.freefleet.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** The origin's whole answers, encoded once a second for the sake of {@code Date}; and its counters. One thread. */
final class OriginAnswers {
    static final int BODY_BYTES = 1_024;

    private static final String BODY = body();
    private static final byte[] HEALTH =
            ("{\"status\":\"healthy\",\"response_time_ms\":1,\"database_status\":\"healthy\","
                            + "\"last_update\":\"2026-01-01T00:00:00Z\",\"total_records\":1000,\"service_uptime_hours\":1.0}")
                    .getBytes(StandardCharsets.US_ASCII);

    private final Clock clock = Clock.systemUTC();
    private long builtSecond;
    private ByteBuf stored = Unpooled.EMPTY_BUFFER;
    private ByteBuf unstored = Unpooled.EMPTY_BUFFER;
    private ByteBuf health = Unpooled.EMPTY_BUFFER;
    private long near;
    private long far;
    private long scan;
    private long other;

    ByteBuf answer(String target) {
        if (target.startsWith("/_")) {
            return control(target);
        }
        long second = clock.millis() / 1_000;
        if (second != builtSecond) {
            builtSecond = second;
            stored = encode("max-age=3600", BODY.getBytes(StandardCharsets.US_ASCII));
            unstored = encode("no-store", BODY.getBytes(StandardCharsets.US_ASCII));
            health = encode("no-store", HEALTH);
        }
        if (target.startsWith("/health")) {
            return health.duplicate();
        }
        if (target.contains("near")) {
            near++;
        } else if (target.contains("far")) {
            far++;
        } else if (target.contains("scan")) {
            scan++;
        } else {
            other++;
        }
        return target.contains("nostore") ? unstored.duplicate() : stored.duplicate();
    }

    private ByteBuf control(String target) {
        String counts = "{\"near\":" + near + ",\"far\":" + far + ",\"scan\":" + scan + ",\"other\":" + other + "}";
        if (target.equals("/_reset")) {
            near = 0;
            far = 0;
            scan = 0;
            other = 0;
        }
        return encode("no-store", counts.getBytes(StandardCharsets.US_ASCII));
    }

    private ByteBuf encode(String cacheControl, byte[] body) {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: " + cacheControl + "\r\nDate: "
                        + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(clock.withZone(ZoneOffset.UTC)))
                        + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(headBytes, headBytes.length + body.length);
        System.arraycopy(body, 0, whole, headBytes.length, body.length);
        // On the heap: nobody has to know when the last answer of an old second is written.
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(whole));
    }

    private static String body() {
        String start = "{\"answer\":\"";
        String end = "\",\"sources\":[{\"id\":\"doc-1\",\"type\":\"text\",\"content\":\"c\",\"confidence\":0.9,"
                + "\"metadata\":{}}],\"confidence\":0.9,\"processing_time_ms\":12}";
        return start + "a".repeat(BODY_BYTES - start.length() - end.length()) + end;
    }
}
