package dev.freefleet.edge;

import java.math.BigInteger;

/**
 * Doubles as text the way ECMAScript writes them (ECMA-262 section 6.1.6.1.20), which RFC 8785 section 3.2.2.3 makes the
 * canonical form: the shortest decimal digits that no other double is nearer to. The digits come from exact integer
 * arithmetic (Steele and White 1990, Dybvig and Burger 1996) and not from {@code Double.toString}, whose result differs
 * between platforms.
 */
final class EcmaNumber {
    private static final BigInteger TEN = BigInteger.TEN;

    private EcmaNumber() {}

    /** The number {@code 0.digits * 10^point}; no digits is zero. */
    record Shortest(String digits, int point) {}

    /** The text of a finite double. */
    static String text(double value) {
        return text(value < 0, shortest(Math.abs(value)));
    }

    /** The text of a number by its digits; zero has no sign. */
    static String text(boolean negative, Shortest shortest) {
        String digits = shortest.digits;
        int count = digits.length();
        int point = shortest.point;
        if (count == 0) {
            return "0";
        }
        StringBuilder text = new StringBuilder(26).append(negative ? "-" : "");
        if (count <= point && point <= 21) {
            return text.append(digits).append("0".repeat(point - count)).toString();
        }
        if (0 < point && point <= 21) {
            return text.append(digits, 0, point)
                    .append('.')
                    .append(digits, point, count)
                    .toString();
        }
        if (-6 < point && point <= 0) {
            return text.append("0.").append("0".repeat(-point)).append(digits).toString();
        }
        text.append(digits.charAt(0));
        if (count > 1) {
            text.append('.').append(digits, 1, count);
        }
        int exponent = point - 1;
        return text.append('e')
                .append(exponent < 0 ? '-' : '+')
                .append(Math.abs(exponent))
                .toString();
    }

    /** The shortest digits of a finite double that is not negative. */
    static Shortest shortest(double value) {
        if (value < 1L << 53 && value == Math.rint(value)) {
            return ofWhole((long) value);
        }
        long bits = Double.doubleToLongBits(value);
        int biased = (int) (bits >> 52);
        long fraction = bits & ((1L << 52) - 1);
        long mantissa = biased == 0 ? fraction : fraction | 1L << 52;
        int exponent = (biased == 0 ? 1 : biased) - 1_075;
        // value = r / s; half the gaps to the doubles above and below are high / s and low / s.
        boolean narrowBelow = fraction == 0 && biased > 1;
        int shift = narrowBelow ? 2 : 1;
        BigInteger r = BigInteger.valueOf(mantissa).shiftLeft(shift + Math.max(exponent, 0));
        BigInteger s = BigInteger.ONE.shiftLeft(shift + Math.max(-exponent, 0));
        BigInteger low = BigInteger.ONE.shiftLeft(Math.max(exponent, 0));
        BigInteger high = narrowBelow ? low.shiftLeft(1) : low;
        boolean even = (mantissa & 1) == 0;
        int point = estimatePoint(mantissa, exponent);
        if (point >= 0) {
            s = s.multiply(TEN.pow(point));
        } else {
            BigInteger scale = TEN.pow(-point);
            r = r.multiply(scale);
            low = low.multiply(scale);
            high = high.multiply(scale);
        }
        if (reaches(r.add(high), s, even)) {
            point++;
        } else {
            r = r.multiply(TEN);
            low = low.multiply(TEN);
            high = high.multiply(TEN);
        }
        return new Shortest(digits(r, s, low, high, even), point);
    }

    /** The decimal point's place, or one less: what is left to decide exact arithmetic decides. */
    private static int estimatePoint(long mantissa, int exponent) {
        int log2 = 63 - Long.numberOfLeadingZeros(mantissa) + exponent;
        return (int) Math.ceil(log2 * 0.301_029_995_663_981_2 - 1e-10);
    }

    private static String digits(BigInteger r, BigInteger s, BigInteger low, BigInteger high, boolean even) {
        StringBuilder digits = new StringBuilder(17);
        while (true) {
            BigInteger[] next = r.divideAndRemainder(s);
            int digit = next[0].intValue();
            r = next[1];
            int below = r.compareTo(low);
            boolean enough = even ? below <= 0 : below < 0;
            boolean over = reaches(r.add(high), s, even);
            if (enough || over) {
                boolean up = over && (!enough || r.shiftLeft(1).compareTo(s) >= 0);
                return digits.append((char) ('0' + (up ? digit + 1 : digit))).toString();
            }
            digits.append((char) ('0' + digit));
            r = r.multiply(TEN);
            low = low.multiply(TEN);
            high = high.multiply(TEN);
        }
    }

    private static boolean reaches(BigInteger a, BigInteger b, boolean orEqual) {
        int order = a.compareTo(b);
        return orEqual ? order >= 0 : order > 0;
    }

    private static Shortest ofWhole(long value) {
        String digits = Long.toString(value);
        int length = digits.length();
        int kept = length;
        while (kept > 0 && digits.charAt(kept - 1) == '0') {
            kept--;
        }
        return new Shortest(digits.substring(0, kept), kept == 0 ? 0 : length);
    }
}
