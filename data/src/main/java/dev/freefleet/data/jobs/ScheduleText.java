package dev.freefleet.data.jobs;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Locale;

/** How schedules are written. */
final class ScheduleText {
    private static final String NONE = "is not a schedule; write e.g. daily 03:00, weekly sun 05:00, monthly 1 06:00,"
            + " monthly sat 06:00, hourly :20 or every 10m";

    private ScheduleText() {}

    static Schedule parse(String written) {
        String[] words = written.strip().toLowerCase(Locale.ROOT).split(" +", -1);
        if (words.length == 2) {
            return switch (words[0]) {
                case "daily" -> new Schedule.Daily(time(words[1]));
                case "hourly" -> new Schedule.Hourly(minute(words[1]));
                case "every" -> every(words[1]);
                default -> throw new IllegalArgumentException(NONE);
            };
        }
        if (words.length == 3) {
            return switch (words[0]) {
                case "weekly" -> new Schedule.Weekly(day(words[1]), time(words[2]));
                case "monthly" -> monthly(words[1], time(words[2]));
                default -> throw new IllegalArgumentException(NONE);
            };
        }
        throw new IllegalArgumentException(NONE);
    }

    private static Schedule monthly(String word, LocalTime at) {
        return !word.isEmpty() && Character.isLetter(word.charAt(0))
                ? new Schedule.MonthlyFirst(day(word), at)
                : new Schedule.Monthly(number(word, 1, 28), at);
    }

    /** Three letters, lower case. */
    static String name(DayOfWeek day) {
        return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
    }

    private static DayOfWeek day(String word) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (name(day).equals(word)) {
                return day;
            }
        }
        throw new IllegalArgumentException(NONE);
    }

    private static LocalTime time(String word) {
        if (word.length() != 5 || word.charAt(2) != ':') {
            throw new IllegalArgumentException(NONE);
        }
        return LocalTime.of(number(word.substring(0, 2), 0, 23), number(word.substring(3), 0, 59));
    }

    private static int minute(String word) {
        if (word.length() != 3 || word.charAt(0) != ':') {
            throw new IllegalArgumentException(NONE);
        }
        return number(word.substring(1), 0, 59);
    }

    private static Schedule every(String word) {
        int count = number(word.substring(0, word.length() - 1), 1, 10_080);
        Duration interval = switch (word.charAt(word.length() - 1)) {
            case 'm' -> Duration.ofMinutes(count);
            case 'h' -> Duration.ofHours(count);
            case 'd' -> Duration.ofDays(count);
            default -> throw new IllegalArgumentException(NONE);
        };
        if (interval.compareTo(Duration.ofDays(7)) > 0) {
            throw new IllegalArgumentException(NONE);
        }
        return new Schedule.Every(interval);
    }

    private static int number(String digits, int least, int most) {
        boolean number =
                !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int value = number ? Integer.parseInt(digits) : -1;
        if (value < least || value > most) {
            throw new IllegalArgumentException(NONE);
        }
        return value;
    }
}
