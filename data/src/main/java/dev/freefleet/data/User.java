package dev.freefleet.data;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person or program that owns keys.
 *
 * @param id given by the database, from 1
 * @param name unique, 1 to 64 visible characters
 * @param email where to reach them, or null
 * @param createdAt to the microsecond
 * @param disabledAt since when none of their keys is accepted, or null
 */
public record User(
        long id,
        String name,
        @Nullable String email,
        Instant createdAt,
        @Nullable Instant disabledAt) {}
