package dev.freefleet.brain;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The answer of {@code GET /health}.
 *
 * @param status {@code healthy}; {@code degraded} while the sentence model loads; {@code down} when nothing can be answered
 * @param databaseStatus {@code ok} or what is wrong with the index
 * @param lastUpdate RFC 3339; changes exactly when the index's content does
 * @param totalRecords passages
 */
record Health(
        String status,
        @JsonProperty("response_time_ms") long responseTimeMs,
        @JsonProperty("database_status") String databaseStatus,
        @JsonProperty("last_update") String lastUpdate,
        @JsonProperty("total_records") int totalRecords,
        @JsonProperty("service_uptime_hours") double serviceUptimeHours) {}
