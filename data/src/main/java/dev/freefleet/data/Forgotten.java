package dev.freefleet.data;

import java.util.List;

/**
 * What became of a person's data, or would become of it.
 *
 * @param userId the number that they had
 * @param dryRun whether nothing was done
 * @param places where there was something, in the order in which it was seen to
 */
public record Forgotten(long userId, boolean dryRun, List<Place> places) {
    /**
     * One place.
     *
     * @param name the table, or what else it is
     * @param what what was done there: {@code removed}, {@code anonymised} or {@code kept}
     * @param count how many rows or things
     * @param detail a few words for people
     */
    public record Place(String name, String what, long count, String detail) {}

    public Forgotten {
        places = List.copyOf(places);
    }
}
