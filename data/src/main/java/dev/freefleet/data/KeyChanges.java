package dev.freefleet.data;

import dev.freefleet.edge.Quota;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the audit log tells of a key's settings. Of a name and of addresses it tells that they are there or changed, and
 * not what they are: those are a person's, and the log is never changed.
 */
final class KeyChanges {
    private static final String TOLD = "set";

    private KeyChanges() {}

    static Map<String, String> all(ApiKey key) {
        Map<String, String> all = new TreeMap<>();
        all.put("plan", key.plan());
        if (!key.scopes().isEmpty()) {
            all.put("scopes", scopes(key));
        }
        if (key.rate() != null) {
            all.put("rate", rate(key));
        }
        if (!key.quotas().isEmpty()) {
            all.put("quotas", quotas(key));
        }
        if (key.expiresAt() != null) {
            all.put("expires_at", time(key.expiresAt()));
        }
        if (!key.addresses().isEmpty()) {
            all.put("addresses", TOLD);
        }
        if (key.maxConcurrent() != 0) {
            all.put("max_concurrent", Integer.toString(key.maxConcurrent()));
        }
        return all;
    }

    static Map<String, String> between(ApiKey before, ApiKey after) {
        Map<String, String> changes = new TreeMap<>();
        put(changes, "plan", before.plan(), after.plan());
        put(changes, "scopes", scopes(before), scopes(after));
        put(changes, "rate", rate(before), rate(after));
        put(changes, "quotas", quotas(before), quotas(after));
        put(changes, "expires_at", time(before.expiresAt()), time(after.expiresAt()));
        put(
                changes,
                "max_concurrent",
                Integer.toString(before.maxConcurrent()),
                Integer.toString(after.maxConcurrent()));
        if (!before.name().equals(after.name())) {
            changes.put("name", "changed");
        }
        if (!before.addresses().equals(after.addresses())) {
            changes.put("addresses", "changed");
        }
        return changes;
    }

    private static void put(Map<String, String> changes, String name, String before, String after) {
        if (!before.equals(after)) {
            changes.put(name, before + " -> " + after);
        }
    }

    private static String scopes(ApiKey key) {
        return key.scopes().isEmpty() ? "all" : String.join(",", new TreeSet<>(key.scopes()));
    }

    private static String rate(ApiKey key) {
        return key.rate() == null
                ? "plan"
                : key.rate().requests() + "/" + key.rate().periodMillis() + "ms burst "
                        + key.rate().burst();
    }

    private static String quotas(ApiKey key) {
        StringBuilder text = new StringBuilder();
        for (Quota quota : key.quotas()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(quota.requests())
                    .append('/')
                    .append(quota.period());
        }
        return text.isEmpty() ? "plan" : text.toString();
    }

    private static String time(@Nullable Instant time) {
        return time == null ? "never" : time.toString();
    }
}
