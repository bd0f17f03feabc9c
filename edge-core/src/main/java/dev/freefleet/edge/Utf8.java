package dev.freefleet.edge;

/** UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing above U+10FFFF. */
final class Utf8 {
    private Utf8() {}

    /**
     * How many bytes the character at {@code i} takes, 1 to 4, or -1 where no well-formed character begins there.
     */
    static int lengthAt(byte[] bytes, int i, int end) {
        int first = bytes[i] & 0xff;
        if (first < 0x80) {
            return 1;
        }
        int length = first < 0xc2 ? -1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : -1;
        if (length < 0 || i + length > end) {
            return -1;
        }
        int second = bytes[i + 1] & 0xff;
        // The second byte's range shuts out overlong forms, surrogates and what is above U+10FFFF.
        int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high) {
            return -1;
        }
        for (int k = 2; k < length; k++) {
            if ((bytes[i + k] & 0xc0) != 0x80) {
                return -1;
            }
        }
        return length;
    }

    /** The code point at {@code i}, whose {@code length} {@link #lengthAt} told. */
    static int codePointAt(byte[] bytes, int i, int length) {
        return switch (length) {
            case 1 -> bytes[i];
            case 2 -> ((bytes[i] & 0x1f) << 6) | (bytes[i + 1] & 0x3f);
            case 3 -> ((bytes[i] & 0x0f) << 12) | ((bytes[i + 1] & 0x3f) << 6) | (bytes[i + 2] & 0x3f);
            default ->
                ((bytes[i] & 0x07) << 18)
                        | ((bytes[i + 1] & 0x3f) << 12)
                        | ((bytes[i + 2] & 0x3f) << 6)
                        | (bytes[i + 3] & 0x3f);
        };
    }

    /** Whether the first {@code end} bytes are well-formed. */
    static boolean isValid(byte[] bytes, int end) {
        int i = 0;
        while (i < end) {
            int length = lengthAt(bytes, i, end);
            if (length < 0) {
                return false;
            }
            i += length;
        }
        return true;
    }
}
