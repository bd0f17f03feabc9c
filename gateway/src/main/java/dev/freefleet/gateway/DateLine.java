package dev.freefleet.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date field (RFC 9110 section 5.6.7), formatted once a second. One belongs to one event loop. */
final class DateLine {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private long second = Long.MIN_VALUE;
    private String text = "";
    private byte[] line = new byte[0];

    /** {@code date: ...} with its line end. */
    byte[] line(long epochMillis) {
        at(epochMillis);
        return line;
    }

    String text(long epochMillis) {
        at(epochMillis);
        return text;
    }

    private void at(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            text = FORMAT.format(Instant.ofEpochSecond(now));
            line = ("date: " + text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}
