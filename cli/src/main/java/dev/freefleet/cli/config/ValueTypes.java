package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.ListOf;
import dev.freefleet.cli.config.ValueType.Scalar;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The kinds of values that settings have. Limits (rates, quotas) and addresses stand in {@link LimitTypes} and {@link Addresses}. */
final class ValueTypes {
    private static final String LABEL_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._-";

    private ValueTypes() {}

    /** Any text of 1 to {@code max} characters without control characters. */
    static Scalar<String> text(int max) {
        return new Scalar<>("text", "1 to " + max + " characters", written -> checkedText(written, max), text -> text);
    }

    private static String checkedText(String written, int max) {
        if (written.isEmpty() || written.length() > max || written.chars().anyMatch(Character::isISOControl)) {
            throw new BadValue("must be 1 to " + max + " characters, none of them a control character");
        }
        return written;
    }

    /** A text of 1 to {@code max} visible ASCII characters, as a field of HTTP can carry it. */
    static Scalar<String> visible(int max) {
        String writing = "1 to " + max + " visible ASCII characters";
        return new Scalar<>(
                "text",
                writing,
                written -> {
                    if (written.isEmpty()
                            || written.length() > max
                            || written.chars().anyMatch(c -> c <= ' ' || c >= 127)) {
                        throw new BadValue("must be " + writing);
                    }
                    return written;
                },
                text -> text);
    }

    /** A name as metrics and scopes have them: 1 to {@code max} of {@code a-z 0-9 . _ -}. */
    static Scalar<String> label(int max) {
        String writing = "1 to " + max + " of a-z 0-9 . _ -";
        return new Scalar<>(
                "name",
                writing,
                written -> {
                    boolean fits = !written.isEmpty() && written.length() <= max;
                    if (!fits || !written.chars().allMatch(c -> LABEL_CHARACTERS.indexOf(c) >= 0)) {
                        throw new BadValue("is not a name; write " + writing);
                    }
                    return written;
                },
                name -> name);
    }

    /** {@code true} or {@code false}. */
    static Scalar<Boolean> bool() {
        return new Scalar<>(
                "switch",
                "true or false",
                written -> switch (written) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new BadValue("is neither true nor false");
                },
                Object::toString);
    }

    /** A whole number in this range. */
    static Scalar<Integer> integer(int min, int max) {
        String writing = min + " to " + max;
        return new Scalar<>(
                "whole number",
                writing,
                written -> (int) inRange(number(written, "is not a whole number; write " + writing), min, max, writing),
                Object::toString);
    }

    /** A time span in this range, written with one unit: {@code 500ms 30s 5m 1h 30d}. */
    static Scalar<Duration> duration(Duration min, Duration max) {
        String writing = showDuration(min) + " to " + showDuration(max);
        return new Scalar<>(
                "duration",
                writing,
                written -> {
                    Duration duration = parseDuration(written);
                    inRange(duration.toMillis(), min.toMillis(), max.toMillis(), writing);
                    return duration;
                },
                ValueTypes::showDuration);
    }

    static Duration parseDuration(String written) {
        String wrong = "is not a duration; write e.g. 500ms, 30s, 5m, 1h or 30d";
        int unit = endOfDigits(written);
        long amount = number(written.substring(0, unit), wrong);
        long millis = switch (written.substring(unit)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m", "min" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> throw new BadValue(wrong);
        };
        if (amount > 1_000_000_000) {
            throw new BadValue("is out of range");
        }
        return Duration.ofMillis(amount * millis);
    }

    static String showDuration(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 86_400_000 == 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    /** A number of bytes in this range: {@code 512KiB 64MiB 1GiB}. */
    static Scalar<Long> size(long min, long max) {
        String writing = showSize(min) + " to " + showSize(max);
        return new Scalar<>(
                "size", writing, written -> inRange(parseSize(written), min, max, writing), ValueTypes::showSize);
    }

    private static long parseSize(String written) {
        String wrong = "is not a size; write e.g. 512KiB, 64MiB or 1GiB";
        int unit = endOfDigits(written);
        long amount = number(written.substring(0, unit), wrong);
        int shift = switch (written.substring(unit)) {
            case "B" -> 0;
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> throw new BadValue(wrong);
        };
        if (amount > 1_000_000_000) {
            throw new BadValue("is out of range");
        }
        return amount << shift;
    }

    static String showSize(long bytes) {
        if (bytes == 0 || bytes % (1 << 10) != 0) {
            return bytes + "B";
        }
        if (bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }

    /** One of an enum's constants, written in lower case. */
    static <E extends Enum<E>> Scalar<E> oneOf(Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        Function<E, String> label = constant -> constant.name().toLowerCase(Locale.ROOT);
        String writing = constants.stream().map(label).collect(Collectors.joining(", "));
        return new Scalar<>(
                "choice",
                writing,
                written -> constants.stream()
                        .filter(constant -> label.apply(constant).equals(written))
                        .findFirst()
                        .orElseThrow(() -> new BadValue("is none of " + writing)),
                label);
    }

    /** A path of a file or folder; what it is relative to, its place decides. */
    static Scalar<Path> path() {
        return new Scalar<>(
                "path",
                "e.g. /srv/fleet",
                written -> {
                    try {
                        return Path.of(checkedText(written, 4_096));
                    } catch (InvalidPathException e) {
                        throw new BadValue("is not a path");
                    }
                },
                Path::toString);
    }

    /** An http or https URL without user, query and fragment. */
    static Scalar<URI> url() {
        String writing = "e.g. http://127.0.0.1:9000";
        return new Scalar<>("URL", writing, written -> parseUrl(written, writing), URI::toString);
    }

    private static URI parseUrl(String written, String writing) {
        try {
            URI uri = new URI(written).parseServerAuthority();
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!http || uri.getHost() == null || uri.getPort() > 65_535 || uri.getPort() == 0) {
                throw new BadValue("is not an http or https URL; write " + writing);
            }
            if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw new BadValue("has a user, a query or a fragment, which a base URL cannot have; write " + writing);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new BadValue("is not a URL; write " + writing);
        }
    }

    static <E> ListOf<E> listOf(Scalar<E> element) {
        return new ListOf<>(element);
    }

    static long number(String digits, String wrong) {
        if (digits.isEmpty() || digits.length() > 18 || endOfDigits(digits) != digits.length()) {
            throw new BadValue(wrong);
        }
        return Long.parseLong(digits);
    }

    static int endOfDigits(String written) {
        int end = 0;
        while (end < written.length() && written.charAt(end) >= '0' && written.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private static long inRange(long value, long min, long max, String writing) {
        if (value < min || value > max) {
            throw new BadValue("is out of range; write " + writing);
        }
        return value;
    }
}
