package dev.freefleet.worker;

import static dev.freefleet.worker.js.JsonValue.flag;
import static dev.freefleet.worker.js.JsonValue.integer;
import static dev.freefleet.worker.js.JsonValue.isList;
import static dev.freefleet.worker.js.JsonValue.object;
import static dev.freefleet.worker.js.JsonValue.objects;
import static dev.freefleet.worker.js.JsonValue.text;
import static dev.freefleet.worker.js.JsonValue.texts;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.worker.js.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the content of a sync call ({@code docs/edge-protocol.md}). */
final class SyncReader {
    private static final int VERSION = 1;

    private SyncReader() {}

    /** What the text says, or null where it is no content of this version. */
    static @Nullable FleetState read(String content) {
        JsonValue json = JsonValue.parse(content);
        if (json == null || integer(json, "version") != VERSION || !isList(json, "revoked") || !isList(json, "keys")) {
            return null; // what is missing is not the same as none
        }
        try {
            return state(json);
        } catch (IllegalArgumentException outOfRange) {
            return null; // better the last state than half of a broken one
        }
    }

    private static FleetState state(JsonValue json) {
        JsonValue brain = object(json, "brain");
        String index = brain == null ? null : text(brain, "index");
        String status = brain == null ? null : text(brain, "status");
        return new FleetState(
                ToldKeys.of(json),
                new ToldImports(object(json, "imported")),
                flag(json, "complete"),
                integer(json, "hold_ms"),
                index == null ? "" : index,
                status == null ? "unknown" : status,
                purges(object(json, "purges")),
                new HashSet<>(texts(json, "hot")),
                new HashSet<>(texts(json, "wanted")));
    }

    static KeyState key(JsonValue json) {
        return new KeyState(
                integer(json, "id"),
                flag(json, "revoked"),
                PolicyReader.rateOf(json, "rate"),
                quotas(json),
                new HashSet<>(texts(json, "scopes")),
                texts(json, "addresses"),
                integer(json, "valid_until"),
                integer(json, "exhausted_until"),
                (int) integer(json, "max_concurrent"),
                text(json, "plan"));
    }

    static List<Quota> quotas(JsonValue json) {
        List<Quota> quotas = new ArrayList<>();
        for (JsonValue quota : objects(json, "quotas")) {
            Quota.Period period = "month".equals(text(quota, "period")) ? Quota.Period.MONTH : Quota.Period.DAY;
            quotas.add(new Quota(integer(quota, "requests"), period));
        }
        return quotas;
    }

    static KeyToken token(JsonValue json) {
        String plan = text(json, "plan");
        return new KeyToken(
                (int) integer(json, "secret_version"),
                integer(json, "key_id"),
                integer(json, "user_id"),
                integer(json, "expires"),
                plan == null ? "default" : plan);
    }

    private static Purges purges(@Nullable JsonValue json) {
        if (json == null) {
            return Purges.NONE;
        }
        List<Purges.Purge> last = new ArrayList<>();
        for (JsonValue purge : objects(json, "last")) {
            last.add(new Purges.Purge(
                    integer(purge, "at"), text(purge, "route"), text(purge, "tag"), text(purge, "key")));
        }
        return new Purges(integer(json, "floor"), last);
    }
}
