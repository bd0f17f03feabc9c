package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {
    private static final long NOW = TestShell.NOON;

    private static String format(long seconds, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.US)
                .withZone(ZoneOffset.UTC)
                .format(Instant.ofEpochSecond(seconds));
    }

    @Property
    void theThreeFormsAreReadAsTheJdkWritesThem(@ForAll @LongRange(min = 0, max = 253_402_300_799L) long seconds) {
        String fixdate = format(seconds, "EEE, dd MMM yyyy HH:mm:ss 'GMT'");

        assertThat(HttpDate.format(seconds * 1_000 + 999)).isEqualTo(fixdate);
        assertThat(HttpDate.parse(fixdate, NOW)).isEqualTo(seconds * 1_000);
        assertThat(HttpDate.parse(format(seconds, "EEE MMM ppd HH:mm:ss yyyy"), NOW))
                .isEqualTo(seconds * 1_000);
        long year = seconds / 31_556_952 + 1970;
        if (year > 1978 && year < 2074) {
            assertThat(HttpDate.parse(format(seconds, "EEEE, dd-MMM-yy HH:mm:ss 'GMT'"), NOW))
                    .isEqualTo(seconds * 1_000);
        }
    }

    @Test
    void aLeapDayOfTwoDigitsIsOfTheYearThatHasIt() {
        assertThat(HttpDate.parse("Tuesday, 29-Feb-00 00:00:00 GMT", NOW)).isEqualTo(951_782_400_000L);
        assertThat(HttpDate.parse("Tuesday, 29-Feb-01 00:00:00 GMT", NOW)).isEqualTo(HttpDate.INVALID);
    }

    @Property
    void theCaseOfLettersDoesNotMatter(@ForAll @LongRange(min = 0, max = 253_402_300_799L) long seconds) {
        String fixdate = format(seconds, "EEE, dd MMM yyyy HH:mm:ss 'GMT'");
        String asctime = format(seconds, "EEE MMM ppd HH:mm:ss yyyy");
        String rfc850 = format(seconds % 1_000_000_000, "EEEE, dd-MMM-yy HH:mm:ss 'GMT'");

        for (String text : List.of(fixdate, asctime, rfc850)) {
            long millis = HttpDate.parse(text, NOW);
            assertThat(millis).isNotEqualTo(HttpDate.INVALID);
            assertThat(HttpDate.parse(text.toUpperCase(Locale.ROOT), NOW)).isEqualTo(millis);
            assertThat(HttpDate.parse(text.toLowerCase(Locale.ROOT), NOW)).isEqualTo(millis);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\u017fun, 18 Aug 2050 02:01:18 GMT",
                "0",
                "now",
                "Thu, 18 Aug 2050 02:01:18 UTC",
                "Thu, 18 Aug 50 02:01:18 GMT",
                "Thu 18 Aug 2050 02:01:18 GMT",
                "Thu, 18  Aug  2050 02:01:18 GMT",
                "Thu, 18-Aug-2050 02:01:18 GMT",
                "Thu, 18 Aug 2050 02.01.18 GMT",
                "Thu, 18 Aug 2050 2:01:18 GMT",
                "Thu, 31 Jun 2050 02:01:18 GMT",
                "Thu, 29 Feb 2051 02:01:18 GMT",
                "Thu, 18 Aug 2050 24:01:18 GMT",
                "Thu, 00 Aug 2050 02:01:18 GMT",
                "Thursday, 18-Aug-2050 02:01:18 GMT",
                "Thx Aug  8 02:01:18 2050",
                "Thu Aug 08 02:01:18 2050 ",
            })
    void whatIsNoDateIsNone(String text) {
        assertThat(HttpDate.parse(text, NOW)).isEqualTo(HttpDate.INVALID);
    }
}
