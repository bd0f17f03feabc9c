package dev.freefleet.admin;

import io.helidon.webserver.http.ServerRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * A span of time in a query: {@code from} and {@code to}, each a day of UTC or a moment (RFC 3339). A day in {@code to} is
 * wholly within; a moment is the first one after.
 */
record Span(Instant from, Instant to) {
    /** @throws Problem 400 */
    static Span of(ServerRequest request) {
        Instant from = moment(request, "from", false);
        Instant to = moment(request, "to", true);
        if (!from.isBefore(to)) {
            throw Body.invalid(
                    "from must be before to; both are days, as 2026-11-23, or moments, as 2026-11-23T12:00:00Z.");
        }
        return new Span(from, to);
    }

    /** Whole days, as rollups have them. @throws Problem 400 where it is given in moments */
    static Span days(ServerRequest request) {
        for (String name : new String[] {"from", "to"}) {
            if (request.query().first(name).orElse("").contains("T")) {
                throw Body.invalid(name + " is a day here, as 2026-11-23: figures are kept by day.");
            }
        }
        return of(request);
    }

    LocalDate firstDay() {
        return LocalDate.ofInstant(from, ZoneOffset.UTC);
    }

    /** The first day after it. */
    LocalDate endDay() {
        return LocalDate.ofInstant(to, ZoneOffset.UTC);
    }

    private static Instant moment(ServerRequest request, String name, boolean end) {
        String text = request.query().first(name).orElse("");
        try {
            if (text.length() == 10) {
                LocalDate day = LocalDate.parse(text);
                return bounded(
                        name,
                        (end ? day.plusDays(1) : day)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant());
            }
            return bounded(name, OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw Body.invalid(name + " must be a day, as 2026-11-23, or a moment, as 2026-11-23T12:00:00Z.");
        }
    }

    private static Instant bounded(String name, Instant instant) {
        if (instant.isBefore(Instant.EPOCH) || instant.isAfter(Instant.parse("9999-12-31T00:00:00Z"))) {
            throw Body.invalid(name + " must be of the days from 1970-01-01 to 9999-12-30.");
        }
        return instant;
    }
}
