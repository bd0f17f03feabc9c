package dev.freefleet.brain.text;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Dates that documents state of themselves. */
final class Dates {

    private static final int ISO_DAY = 10;

    private Dates() {}

    /** The ISO day that the text begins with ({@code 2026-11-23}, {@code 2026-11-23T10:00Z}), or null. */
    static @Nullable LocalDate ofStart(String text) {
        if (text.length() < ISO_DAY) {
            return null;
        }
        try {
            return LocalDate.parse(text.substring(0, ISO_DAY));
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
