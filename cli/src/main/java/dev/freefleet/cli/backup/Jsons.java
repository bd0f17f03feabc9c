package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.CapacityPlan;
import dev.freefleet.backup.Entry;
import dev.freefleet.backup.KeyInfo;
import dev.freefleet.backup.Problem;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.backup.StoredSnapshot;
import java.util.List;
import java.util.Locale;

/** How things are written for machines. */
final class Jsons {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Jsons() {}

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static ArrayNode array() {
        return JSON.createArrayNode();
    }

    static ObjectNode of(StoredSnapshot stored) {
        Snapshot s = stored.snapshot();
        ObjectNode json = object().put("id", s.id())
                .put("time", s.time().toString())
                .put("stored_at", stored.stored().toString())
                .put("host", s.host())
                .put("source", s.source())
                .put("kind", s.kind().name().toLowerCase(Locale.ROOT))
                .put("entries", s.entries())
                .put("bytes", s.bytes())
                .put("bytes_added", s.added())
                .put("unreadable", s.problems());
        s.tags().forEach(json.putArray("tags")::add);
        return json;
    }

    static ObjectNode of(Entry e) {
        ObjectNode json = object().put("path", e.name())
                .put("type", e.type().name().toLowerCase(Locale.ROOT))
                .put("mode", String.format(Locale.ROOT, "%04o", e.mode()))
                .put("uid", e.uid())
                .put("gid", e.gid())
                .put("modified", e.modified().toString())
                .put("size", e.size());
        if (e.target().length > 0) {
            json.put("target", new String(e.target(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return json;
    }

    static ArrayNode of(List<Problem> problems) {
        ArrayNode all = array();
        problems.forEach(p -> all.add(object().put("where", p.where()).put("what", p.what())));
        return all;
    }

    static ObjectNode of(KeyInfo key) {
        return object().put("id", key.id())
                .put("label", key.label())
                .put("kind", key.kind() == KeyInfo.Kind.PASSPHRASE ? "passphrase" : "key file")
                .put("created_at", key.created().toString());
    }

    static ObjectNode of(CapacityPlan plan, long used, long cap) {
        ObjectNode json = object().put("fits", plan.fits())
                .put("next_bytes", plan.nextBytes())
                .put("used_bytes", used)
                .put("cap_bytes", cap)
                .put("steady_bytes", plan.steadyBytes())
                .put("steady_fits", plan.steadyFits())
                .put("days_of_history", plan.daysOfHistory());
        return plan.daysUntilFull() == Integer.MAX_VALUE
                ? json.putNull("days_until_full")
                : json.put("days_until_full", plan.daysUntilFull());
    }
}
