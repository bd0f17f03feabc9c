package dev.freefleet.edge;

import java.math.BigInteger;

/**
 * A decimal number as it was written, {@code digits * 10^exponent}, and its way to the nearest double. Own arithmetic,
 * because keys must come out the same on every platform, and TeaVM's parsing of doubles promises nothing.
 *
 * @param digits significant digits without zeros at either end; "" is zero. At most {@value #MAX_DIGITS} are kept
 * @param cut whether digits were left away
 */
record Decimal(boolean negative, String digits, long exponent, boolean cut) {
    /** No two doubles need more than 767 digits to be told apart from the middle between them. */
    private static final int MAX_DIGITS = 800;

    private static final long MAX_SAFE = 1L << 53;

    /** Reads what the grammar of JSON has found to be a number. */
    static Decimal read(byte[] text, int start, int end) {
        StringBuilder digits = new StringBuilder(end - start);
        boolean negative = text[start] == '-';
        boolean cut = false;
        boolean fraction = false;
        long exponent = 0;
        int i = negative ? start + 1 : start;
        for (; i < end && text[i] != 'e' && text[i] != 'E'; i++) {
            if (text[i] == '.') {
                fraction = true;
            } else if (digits.length() == MAX_DIGITS) {
                cut |= text[i] != '0';
                exponent += fraction ? 0 : 1;
            } else {
                exponent -= fraction ? 1 : 0;
                if (text[i] != '0' || !digits.isEmpty()) {
                    digits.append((char) text[i]);
                }
            }
        }
        exponent += readExponent(text, i + 1, end);
        int length = digits.length();
        while (length > 0 && digits.charAt(length - 1) == '0') {
            length--;
            exponent++;
        }
        return new Decimal(negative, digits.substring(0, length), length == 0 ? 0 : exponent, cut);
    }

    private static long readExponent(byte[] text, int start, int end) {
        long value = 0;
        for (int i = start; i < end; i++) {
            if (text[i] >= '0' && text[i] <= '9') {
                value = Math.min(value * 10 + (text[i] - '0'), 1_000_000_000);
            }
        }
        return start < end && text[start] == '-' ? -value : value;
    }

    /**
     * Whether the digits are their own shortest form: no two decimals of up to 15 digits share a double, so that none
     * that is shorter could stand for this one.
     */
    boolean isEasy() {
        return digits.length() <= 15 && Math.abs(exponent) <= 200;
    }

    /** As a number of JSON; infinite ones come out as zero that is not exact. */
    Json.Num toJson() {
        if (isEasy()) {
            return new Json.Num(negative, new EcmaNumber.Shortest(digits, (int) exponent + digits.length()), true);
        }
        double value = Math.abs(toDouble());
        if (Double.isInfinite(value)) {
            return new Json.Num(negative, new EcmaNumber.Shortest("", 0), false);
        }
        EcmaNumber.Shortest shortest = EcmaNumber.shortest(value);
        boolean exact = !cut && shortest.digits().equals(digits) && shortest.point() == exponent + digits.length();
        return new Json.Num(negative, shortest, exact);
    }

    /** The nearest double, ties to even; infinite where there is none. */
    double toDouble() {
        double magnitude = magnitude();
        return negative ? -magnitude : magnitude;
    }

    private double magnitude() {
        if (digits.isEmpty()) {
            return 0;
        }
        long point = exponent + digits.length();
        if (point > 310) {
            return Double.POSITIVE_INFINITY;
        }
        if (point < -330) {
            return 0;
        }
        if (digits.length() <= 15 && Math.abs(exponent) <= 22) {
            // Both are exact doubles, so that one operation rounds once (Clinger 1990).
            double whole = (double) Long.parseLong(digits);
            return exponent < 0 ? whole / POWERS[(int) -exponent] : whole * POWERS[(int) exponent];
        }
        BigInteger whole = new BigInteger(digits);
        int power = (int) exponent;
        return power >= 0
                ? nearest(whole.multiply(BigInteger.TEN.pow(power)), BigInteger.ONE, cut)
                : nearest(whole, BigInteger.TEN.pow(-power), cut);
    }

    /** The double nearest to {@code numerator / denominator}, both above 0. */
    private static double nearest(BigInteger numerator, BigInteger denominator, boolean more) {
        // The quotient gets 53 to 55 bits: one or two to round by, and the remainder as the bit that breaks ties.
        int binary = numerator.bitLength() - denominator.bitLength() - 54;
        int scale = Math.max(binary, -1_074 - 1);
        BigInteger[] quotient = scale >= 0
                ? numerator.divideAndRemainder(denominator.shiftLeft(scale))
                : numerator.shiftLeft(-scale).divideAndRemainder(denominator);
        long bits = quotient[0].longValue();
        boolean sticky = more || quotient[1].signum() != 0;
        while (bits >= MAX_SAFE << 1) {
            sticky |= (bits & 1) != 0;
            bits >>= 1;
            scale++;
        }
        // Now one bit is below the last place of the result.
        boolean half = (bits & 1) != 0;
        bits >>= 1;
        scale++;
        if (half && (sticky || (bits & 1) != 0)) {
            bits++;
        }
        return scale(bits, scale);
    }

    /** {@code bits * 2^exponent} where it is a double, in steps that do not round on the way. */
    private static double scale(long bits, int exponent) {
        double value = (double) bits;
        int left = exponent;
        while (left > 0) {
            int step = Math.min(left, 60);
            value *= (double) (1L << step);
            left -= step;
        }
        while (left < 0) {
            int step = Math.min(-left, 60);
            value /= (double) (1L << step);
            left += step;
        }
        return value;
    }

    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
}
