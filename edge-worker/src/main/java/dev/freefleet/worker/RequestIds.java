package dev.freefleet.worker;

import dev.freefleet.worker.js.Js;

/** Request ids: UUIDs of version 7 in text form (RFC 9562 section 5.7). */
final class RequestIds {
    private static final String HEX = "0123456789abcdef";

    String next(long epochMillis) {
        String random = Js.randomHex();
        StringBuilder text = new StringBuilder(36);
        for (int shift = 44; shift >= 0; shift -= 4) {
            text.append(HEX.charAt((int) (epochMillis >> shift) & 15));
            if (shift == 16) {
                text.append('-');
            }
        }
        // The random part of a UUIDv4 has its variant where one of version 7 has it.
        return text.append("-7")
                .append(random, 13, 16)
                .append('-')
                .append(random, 16, 20)
                .append('-')
                .append(random, 20, 32)
                .toString();
    }
}
