package dev.freefleet.data.jobs;

import static java.util.Objects.requireNonNull;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/**
 * When a job is due. Days, weeks and months are those of a time zone's calendar, and each has exactly one due time: one that
 * daylight saving skips is due as much later as the clocks jump, and one that comes twice is due the first time. Hours and
 * intervals are counted in real time.
 */
public sealed interface Schedule {
    /** The first due time after an instant. */
    Instant next(Instant after, ZoneId zone);

    /** As it is written; {@link #parse} reads it. */
    String text();

    /** Every day at a time. */
    record Daily(LocalTime at) implements Schedule {
        public Daily {
            requireMinutes(at);
        }

        @Override
        public Instant next(Instant after, ZoneId zone) {
            LocalDate day = LocalDate.ofInstant(after, zone).minusDays(1);
            Instant due = Schedule.instant(day, at, zone);
            while (!due.isAfter(after)) {
                day = day.plusDays(1);
                due = Schedule.instant(day, at, zone);
            }
            return due;
        }

        @Override
        public String text() {
            return "daily " + at;
        }
    }

    /** Once a week. */
    record Weekly(DayOfWeek day, LocalTime at) implements Schedule {
        public Weekly {
            requireNonNull(day, "day");
            requireMinutes(at);
        }

        @Override
        public Instant next(Instant after, ZoneId zone) {
            LocalDate date = LocalDate.ofInstant(after, zone).minusDays(1).with(TemporalAdjusters.previousOrSame(day));
            Instant due = Schedule.instant(date, at, zone);
            while (!due.isAfter(after)) {
                date = date.plusWeeks(1);
                due = Schedule.instant(date, at, zone);
            }
            return due;
        }

        @Override
        public String text() {
            return "weekly " + ScheduleText.name(day) + " " + at;
        }
    }

    /**
     * Once a month.
     *
     * @param day 1 to 28, which every month has
     */
    record Monthly(int day, LocalTime at) implements Schedule {
        public Monthly {
            if (day < 1 || day > 28) {
                throw new IllegalArgumentException("day must be 1 to 28, but is " + day);
            }
            requireMinutes(at);
        }

        @Override
        public Instant next(Instant after, ZoneId zone) {
            LocalDate date = LocalDate.ofInstant(after, zone)
                    .minusDays(1)
                    .withDayOfMonth(day)
                    .minusMonths(1);
            Instant due = Schedule.instant(date, at, zone);
            while (!due.isAfter(after)) {
                date = date.plusMonths(1);
                due = Schedule.instant(date, at, zone);
            }
            return due;
        }

        @Override
        public String text() {
            return "monthly " + day + " " + at;
        }
    }

    /** Once a month, on its first such day of the week. */
    record MonthlyFirst(DayOfWeek day, LocalTime at) implements Schedule {
        public MonthlyFirst {
            requireNonNull(day, "day");
            requireMinutes(at);
        }

        @Override
        public Instant next(Instant after, ZoneId zone) {
            LocalDate month = LocalDate.ofInstant(after, zone).minusDays(1).minusMonths(1);
            Instant due = first(month, zone);
            while (!due.isAfter(after)) {
                month = month.plusMonths(1);
                due = first(month, zone);
            }
            return due;
        }

        private Instant first(LocalDate month, ZoneId zone) {
            return Schedule.instant(month.with(TemporalAdjusters.firstInMonth(day)), at, zone);
        }

        @Override
        public String text() {
            return "monthly " + ScheduleText.name(day) + " " + at;
        }
    }

    /**
     * Every hour of real time.
     *
     * @param minute 0 to 59, of the hours of UTC
     */
    record Hourly(int minute) implements Schedule {
        public Hourly {
            if (minute < 0 || minute > 59) {
                throw new IllegalArgumentException("minute must be 0 to 59, but is " + minute);
            }
        }

        @Override
        public Instant next(Instant after, ZoneId zone) {
            Instant due = after.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofMinutes(minute));
            return due.isAfter(after) ? due : due.plus(Duration.ofHours(1));
        }

        @Override
        public String text() {
            return "hourly :%02d".formatted(minute);
        }
    }

    /**
     * At multiples of an interval since 1970.
     *
     * @param interval 1 minute to 7 days, whole minutes
     */
    record Every(Duration interval) implements Schedule {
        private static final Duration LONGEST = Duration.ofDays(7);

        public Every {
            if (interval.toMillis() < 60_000 || interval.compareTo(LONGEST) > 0 || interval.toMillis() % 60_000 != 0) {
                throw new IllegalArgumentException("interval must be 1 minute to 7 days, but is " + interval);
            }
        }

        @Override
        public Instant next(Instant after, ZoneId zone) {
            long step = interval.toSeconds();
            return Instant.ofEpochSecond((Math.floorDiv(after.getEpochSecond(), step) + 1) * step);
        }

        @Override
        public String text() {
            return "every " + interval.toMinutes() + "m";
        }
    }

    /**
     * What is written as {@code daily 03:00}, {@code weekly sun 05:00}, {@code monthly 1 06:00}, {@code monthly sat 06:00}
     * (its first Saturday), {@code hourly :20} or {@code every 10m} (also {@code h} and {@code d}).
     *
     * @throws IllegalArgumentException if it is none of these; the message goes on after the quoted text
     */
    static Schedule parse(String written) {
        return ScheduleText.parse(written);
    }

    /** In a gap, later by the gap; where the clocks show it twice, the first (java.time.ZonedDateTime). */
    private static Instant instant(LocalDate day, LocalTime at, ZoneId zone) {
        return LocalDateTime.of(day, at).atZone(zone).toInstant();
    }

    private static void requireMinutes(LocalTime at) {
        if (!at.truncatedTo(ChronoUnit.MINUTES).equals(at)) {
            throw new IllegalArgumentException("at must be whole minutes, but is " + at);
        }
    }
}
