package dev.freefleet.data.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static List<String> dues(String schedule, String after, ZoneId zone, int count) {
        Schedule parsed = Schedule.parse(schedule);
        return Stream.iterate(parsed.next(Instant.parse(after), zone), due -> parsed.next(due, zone))
                .limit(count)
                .map(Instant::toString)
                .toList();
    }

    @Example
    void aDueTimeThatDaylightSavingSkipsIsDueOnceAndLaterByTheGap() {
        assertThat(dues("daily 02:30", "2026-03-27T12:00:00Z", BERLIN, 3))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z");
    }

    @Example
    void aDueTimeThatDaylightSavingShowsTwiceIsDueOnce() {
        assertThat(dues("daily 02:30", "2026-10-23T12:00:00Z", BERLIN, 3))
                .containsExactly("2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        // Also for one who asks between the two.
        assertThat(dues("daily 02:30", "2026-10-25T00:45:00Z", BERLIN, 1)).containsExactly("2026-10-26T01:30:00Z");
    }

    @Example
    void weeksAndMonthsAreThoseOfTheZone() {
        assertThat(dues("weekly sun 02:30", "2026-03-22T12:00:00Z", BERLIN, 2))
                .containsExactly("2026-03-29T01:30:00Z", "2026-04-05T00:30:00Z");
        assertThat(dues("monthly 1 00:15", "2026-02-15T00:00:00Z", BERLIN, 3))
                .containsExactly("2026-02-28T23:15:00Z", "2026-03-31T22:15:00Z", "2026-04-30T22:15:00Z");
        assertThat(dues("monthly sat 00:15", "2026-07-31T22:15:00Z", BERLIN, 3))
                .containsExactly("2026-09-04T22:15:00Z", "2026-10-02T22:15:00Z", "2026-11-06T23:15:00Z");
        assertThat(dues("monthly sun 02:30", "2026-02-28T23:00:00Z", BERLIN, 1))
                .containsExactly("2026-03-01T01:30:00Z");
    }

    @Example
    void theFirstSaturdayOfAMonthIsOneOfItsFirstSevenDays() {
        Instant due = Instant.parse("2026-01-01T00:00:00Z");
        for (int month = 0; month < 120; month++) {
            due = Schedule.parse("monthly sat 05:30").next(due, ZoneOffset.UTC);
            LocalDate day = LocalDate.ofInstant(due, ZoneOffset.UTC);
            assertThat(day)
                    .isBetween(
                            LocalDate.of(2026, 1, 1).plusMonths(month),
                            LocalDate.of(2026, 1, 7).plusMonths(month));
            assertThat(day.getDayOfWeek()).isEqualTo(DayOfWeek.SATURDAY);
        }
    }

    @Example
    void hoursAndIntervalsGoOnThroughADaylightSavingChange() {
        assertThat(dues("hourly :30", "2026-10-24T23:45:00Z", BERLIN, 3))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z");
        assertThat(dues("every 10m", "2026-10-25T00:51:00Z", BERLIN, 3))
                .containsExactly("2026-10-25T01:00:00Z", "2026-10-25T01:10:00Z", "2026-10-25T01:20:00Z");
    }

    @Example
    void aDayThatTheZoneLeftOutHasNoDueTimeOfItsOwn() {
        assertThat(dues("daily 03:00", "2011-12-29T00:00:00Z", ZoneId.of("Pacific/Apia"), 3))
                .containsExactly("2011-12-29T13:00:00Z", "2011-12-30T13:00:00Z", "2011-12-31T13:00:00Z");
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(
                        "UTC",
                        "Europe/Berlin",
                        "America/New_York",
                        "Australia/Lord_Howe",
                        "Asia/Kathmandu",
                        "Africa/Cairo",
                        "America/St_Johns",
                        "Europe/Lisbon")
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<Schedule> schedules() {
        Arbitrary<String> times = Combinators.combine(
                        Arbitraries.integers().between(0, 23),
                        Arbitraries.integers().between(0, 59))
                .as("%02d:%02d"::formatted);
        return Arbitraries.oneOf(
                        times.map(at -> "daily " + at),
                        Combinators.combine(Arbitraries.of("mon", "wed", "sun"), times)
                                .as((day, at) -> "weekly " + day + " " + at),
                        Combinators.combine(Arbitraries.integers().between(1, 28), times)
                                .as((day, at) -> "monthly " + day + " " + at),
                        Combinators.combine(Arbitraries.of("mon", "sat", "sun"), times)
                                .as((day, at) -> "monthly " + day + " " + at),
                        Arbitraries.integers().between(0, 59).map("hourly :%02d"::formatted),
                        Arbitraries.integers().between(1, 10_080).map(m -> "every " + m + "m"))
                .map(Schedule::parse);
    }

    @Provide
    Arbitrary<Instant> instants() {
        return Arbitraries.longs().between(1_700_000_000L, 2_100_000_000L).map(Instant::ofEpochSecond);
    }

    @Property(tries = 500)
    void theNextDueTimeIsLaterAndNoneIsBetween(
            @ForAll("schedules") Schedule schedule, @ForAll("zones") ZoneId zone, @ForAll("instants") Instant after) {
        Instant due = schedule.next(after, zone);

        assertThat(due).isAfter(after);
        Instant between = after.plus(Duration.between(after, due).dividedBy(2));
        assertThat(schedule.next(between, zone)).isEqualTo(due);
        assertThat(schedule.next(due.minusNanos(1), zone)).isEqualTo(due);
    }

    @Property(tries = 40)
    void everyDayOfAYearHasOneDueTime(@ForAll("zones") ZoneId zone, @ForAll("instants") Instant after) {
        for (String at : List.of("00:00", "02:00", "02:30", "03:00", "23:59")) {
            Schedule schedule = Schedule.parse("daily " + at);
            Instant due = schedule.next(after, zone);
            LocalDate day = LocalDate.ofInstant(due, zone);
            for (int i = 0; i < 366; i++) {
                due = schedule.next(due, zone);
                day = day.plusDays(1);
                assertThat(LocalDate.ofInstant(due, zone)).isEqualTo(day);
            }
        }
    }

    @Property(tries = 200)
    void whatIsWrittenIsRead(@ForAll("schedules") Schedule schedule) {
        assertThat(Schedule.parse(schedule.text())).isEqualTo(schedule);
    }

    @Property(tries = 500)
    void anyOtherTextIsRefusedWithAWord(@ForAll String text) {
        try {
            assertThat(Schedule.parse(text).next(Instant.EPOCH, ZoneOffset.UTC)).isAfter(Instant.EPOCH);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("is not a schedule");
        }
    }

    @Example
    void outOfRangeIsNoSchedule() {
        for (String text : List.of(
                "",
                "daily",
                "daily 24:00",
                "daily 3:00",
                "weekly 03:00",
                "weekly so 03:00",
                "monthly 29 03:00",
                "monthly 0 03:00",
                "monthly so 03:00",
                "hourly :60",
                "hourly 20",
                "every 0m",
                "every 8d",
                "every 1s",
                "every m",
                "often")) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Schedule.parse(text));
        }
    }
}
