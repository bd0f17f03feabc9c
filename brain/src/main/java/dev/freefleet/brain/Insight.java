package dev.freefleet.brain;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Something that the index as a whole shows.
 *
 * @param category {@code activity}, {@code terms}, {@code topics} or {@code freshness}
 * @param confidence n / (n + 1) for n data points: what few documents show is weak
 * @param dataPoints how many documents it was counted from, never zero
 * @param generatedAt RFC 3339
 */
record Insight(
        String text,
        String category,
        double confidence,
        @JsonProperty("data_points") int dataPoints,
        @JsonProperty("generated_at") String generatedAt) {}
