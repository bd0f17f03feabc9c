package dev.freefleet.worker;

import dev.freefleet.worker.js.Platform;

/** Request ids: UUIDs of version 7 in text form (RFC 9562 section 5.7). */
final class RequestIds {
    private static final String HEX = "0123456789abcdef";

    private final Platform platform;

    RequestIds(Platform platform) {
        this.platform = platform;
    }

    String next(long epochMillis) {
        String random = platform.uuid();
        StringBuilder text = new StringBuilder(36);
        for (int shift = 44; shift >= 0; shift -= 4) {
            text.append(HEX.charAt((int) (epochMillis >> shift) & 15));
            if (shift == 16) {
                text.append('-');
            }
        }
        // The random part of a UUIDv4 has its variant where one of version 7 has it.
        return text.append("-7").append(random, 15, 36).toString();
    }
}
