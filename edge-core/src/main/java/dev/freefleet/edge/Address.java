package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/**
 * IP addresses as text and as bytes, without a resolver: only literals are read, in the strict forms of RFC 4291 section
 * 2.2 and dotted decimals without leading zeros. An IPv4-mapped IPv6 address is the IPv4 address that it stands for.
 */
public final class Address {
    private Address() {}

    /** The 4 or 16 bytes of a literal, or null where it is none; never throws. Zones are no part of a literal. */
    public static byte @Nullable [] parse(String text) {
        byte[] bytes = text.indexOf(':') < 0 ? parse4(text) : parse6(text);
        return bytes == null ? null : unmap(bytes);
    }

    /** The IPv4 address that an IPv4-mapped address stands for; every other address as it is. */
    static byte[] unmap(byte[] address) {
        if (address.length != 16 || address[10] != -1 || address[11] != -1) {
            return address;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return address;
            }
        }
        return new byte[] {address[12], address[13], address[14], address[15]};
    }

    /** What limits count: the IPv4 address, or the /64 of an IPv6 address, which one customer is given whole. */
    static String bucket(byte[] address) {
        if (address.length == 4) {
            return text(address);
        }
        byte[] network = new byte[16];
        System.arraycopy(address, 0, network, 0, 8);
        return text(network) + "/64";
    }

    /** The text of an address; RFC 5952 for IPv6. */
    static String text(byte[] address) {
        StringBuilder text = new StringBuilder(39);
        if (address.length == 4) {
            for (int i = 0; i < 4; i++) {
                text.append(i == 0 ? "" : ".").append(address[i] & 0xff);
            }
            return text.toString();
        }
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && group(address, end) == 0) {
                end++;
            }
            if (end - i > bestLength) {
                bestStart = i;
                bestLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
            } else {
                text.append(i == 0 || i == bestStart + bestLength ? "" : ":");
                text.append(Integer.toHexString(group(address, i)));
            }
        }
        return text.toString();
    }

    private static int group(byte[] address, int i) {
        return ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
    }

    private static byte @Nullable [] parse4(String text) {
        byte[] bytes = new byte[4];
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int value = -1;
            int start = at;
            while (at < text.length() && at < start + 3 && Ascii.isDigit(text.charAt(at))) {
                value = Math.max(value, 0) * 10 + (text.charAt(at++) - '0');
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            if (value < 0 || value > 255 || leadingZero) {
                return null;
            }
            bytes[i] = (byte) value;
            if (i < 3 && (at >= text.length() || text.charAt(at++) != '.')) {
                return null;
            }
        }
        return at == text.length() ? bytes : null;
    }

    private static byte @Nullable [] parse6(String text) {
        byte[] bytes = new byte[16];
        int used = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            int end = at;
            int value = 0;
            while (end < text.length() && end < at + 4 && Ascii.hexValue(text.charAt(end)) >= 0) {
                value = (value << 4) | Ascii.hexValue(text.charAt(end++));
            }
            if (end < text.length() && text.charAt(end) == '.' && used <= 12) {
                byte[] tail = parse4(text.substring(at));
                if (tail == null) {
                    return null;
                }
                System.arraycopy(tail, 0, bytes, used, 4);
                used += 4;
                at = text.length();
                break;
            }
            if (end == at || used == 16) {
                return null;
            }
            bytes[used++] = (byte) (value >> 8);
            bytes[used++] = (byte) value;
            at = end;
            if (at == text.length()) {
                break;
            }
            if (text.charAt(at++) != ':' || at == text.length()) {
                return null;
            }
            if (text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = used;
                at++;
            }
        }
        return expand(bytes, used, gap);
    }

    private static byte @Nullable [] expand(byte[] bytes, int used, int gap) {
        if (gap < 0) {
            return used == 16 ? bytes : null;
        }
        if (used == 16) {
            return null;
        }
        byte[] whole = new byte[16];
        System.arraycopy(bytes, 0, whole, 0, gap);
        System.arraycopy(bytes, gap, whole, 16 - (used - gap), used - gap);
        return whole;
    }
}
