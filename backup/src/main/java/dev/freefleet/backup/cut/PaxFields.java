package dev.freefleet.backup.cut;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The extended fields of the next member (POSIX pax, "Extended Header"; GNU long names). Faulty records are passed over. */
final class PaxFields {
    private final Map<String, byte[]> fields = new HashMap<>();

    void put(String key, byte[] value) {
        fields.put(key, value);
    }

    /** Adds the records {@code "<length> <key>=<value>\n"} of a payload. */
    void parse(byte[] b) {
        int at = 0;
        while (at < b.length) {
            int space = at;
            int length = 0;
            while (space < b.length && b[space] >= '0' && b[space] <= '9' && length < 1 << 24) {
                length = length * 10 + b[space++] - '0';
            }
            int end = at + length;
            if (space >= b.length
                    || b[space] != ' '
                    || length <= space - at + 1
                    || end > b.length
                    || b[end - 1] != '\n') {
                return;
            }
            int equals = space + 1;
            while (equals < end && b[equals] != '=') {
                equals++;
            }
            if (equals < end) {
                String key = new String(b, space + 1, equals - space - 1, StandardCharsets.UTF_8);
                fields.put(key, Arrays.copyOfRange(b, equals + 1, end - 1));
            }
            at = end;
        }
    }

    byte[] bytes(String key, byte[] otherwise) {
        byte[] v = fields.get(key);
        return v == null ? otherwise : v;
    }

    private @Nullable BigDecimal decimal(String key) {
        byte[] v = fields.get(key);
        // BigDecimal takes "1e999999999" and then needs all memory to say it as a long.
        if (v == null || v.length > 40 || !new String(v, StandardCharsets.US_ASCII).matches("-?[0-9]+(\\.[0-9]+)?")) {
            return null;
        }
        return new BigDecimal(new String(v, StandardCharsets.US_ASCII));
    }

    /** Returns a number that must not be negative. */
    long number(String key, long otherwise) {
        BigDecimal v = decimal(key);
        if (v == null || v.signum() < 0 || v.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return otherwise;
        }
        return v.longValue();
    }

    Instant time(String key, long otherwiseSeconds) {
        BigDecimal v = decimal(key);
        try {
            if (v == null) {
                return Instant.ofEpochSecond(otherwiseSeconds);
            }
            BigDecimal seconds = v.setScale(0, RoundingMode.FLOOR);
            long nanos = v.subtract(seconds).movePointRight(9).longValue();
            return Instant.ofEpochSecond(seconds.longValueExact(), nanos);
        } catch (DateTimeException | ArithmeticException e) {
            return Instant.EPOCH;
        }
    }
}
