package dev.freefleet.gateway;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/** Request ids: UUIDs of version 7 in text form (RFC 9562 section 5.7). One generator belongs to one event loop. */
final class RequestIds {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private final LongSupplier random;
    private final byte[] text = new byte[36];

    RequestIds(LongSupplier random) {
        this.random = random;
    }

    String next(long epochMillis) {
        long high = epochMillis << 16 | 0x7000 | (random.getAsLong() & 0xfff);
        long low = (random.getAsLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        int at = 0;
        for (int nibble = 0; nibble < 32; nibble++) {
            if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
                text[at++] = '-';
            }
            long half = nibble < 16 ? high : low;
            text[at++] = HEX[(int) (half >>> (60 - 4 * (nibble & 15))) & 15];
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }
}
