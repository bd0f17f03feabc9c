package dev.freefleet.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the Brain said of itself when it was last asked.
 *
 * @param status "healthy", "degraded" or "down" as it says; "unknown" before the first answer
 * @param databaseStatus as it says, or "unknown"
 * @param lastUpdate the version of its index, or "" where it says none
 * @param totalRecords as it says, or -1
 * @param responseMillis how long its answer took
 */
record BrainHealth(String status, String databaseStatus, String lastUpdate, long totalRecords, long responseMillis) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_TEXT = 100;

    static BrainHealth unknown() {
        return new BrainHealth("unknown", "unknown", "", -1, 0);
    }

    static BrainHealth down(BrainHealth before) {
        return new BrainHealth("down", "unknown", before.lastUpdate, before.totalRecords, 0);
    }

    /** What an answer of this status and content says. One that is no JSON object says that the Brain is there. */
    static BrainHealth of(int httpStatus, byte[] content, long responseMillis) {
        String fallback = httpStatus < 500 ? "healthy" : "degraded";
        BrainHealth plain = new BrainHealth(fallback, "unknown", "", -1, responseMillis);
        try (JsonParser json = JSON.createParser(content)) {
            return json.nextToken() == JsonToken.START_OBJECT ? members(json, plain) : plain;
        } catch (IOException noJson) {
            return plain;
        }
    }

    private static BrainHealth members(JsonParser json, BrainHealth plain) throws IOException {
        String status = plain.status;
        String database = plain.databaseStatus;
        String lastUpdate = plain.lastUpdate;
        long records = plain.totalRecords;
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "status" -> status = text(json, value, status);
                case "database_status" -> database = text(json, value, database);
                case "last_update" -> lastUpdate = text(json, value, lastUpdate);
                case "total_records" -> records = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : records;
                default -> json.skipChildren();
            }
        }
        boolean known = status.equals("healthy") || status.equals("degraded") || status.equals("down");
        return new BrainHealth(known ? status : "degraded", database, lastUpdate, records, plain.responseMillis);
    }

    private static String text(JsonParser json, @Nullable JsonToken value, String otherwise) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            json.skipChildren();
            return otherwise;
        }
        String text = json.getText();
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    }
}
