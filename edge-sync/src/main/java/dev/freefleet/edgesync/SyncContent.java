package dev.freefleet.edgesync;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The content of a sync: what edges elsewhere have to know, as JSON of a bounded size, and the name of this version of it.
 * Immutable.
 *
 * @param tag the entity tag without its quotes
 * @param complete whether everything fitted
 */
record SyncContent(byte[] json, String tag, boolean complete) {
    private static final JsonFactory JSON = new JsonFactory();
    /** Braces, names and what has one size. */
    private static final int FRAME_BYTES = 1_024;

    /** All that it is made from. */
    record Facts(
            long holdMillis,
            String brainStatus,
            String brainIndex,
            KnownKeys.Known keys,
            PurgeLog.Purged purged,
            List<String> hot,
            List<String> wanted) {}

    /** The parts as JSON texts, of which some may have to be left out. */
    private static final class Parts {
        private int room;
        private boolean complete = true;

        Parts(int room) {
            this.room = room;
        }

        /** As many as fit, in their order. */
        List<String> fitting(List<String> texts) {
            List<String> fit = new ArrayList<>(texts.size());
            for (String text : texts) {
                room -= text.getBytes(StandardCharsets.UTF_8).length + 1;
                if (room < 0) {
                    room = 0;
                    complete = false;
                    return fit;
                }
                fit.add(text);
            }
            return fit;
        }
    }

    /** @param maxBytes past which is left out what is not as needed: wanted and hot keys first, revoked keys last */
    static SyncContent of(Facts facts, int maxBytes) {
        TreeMap<Long, KeyState> states = new TreeMap<>(facts.keys().states());
        List<String> revoked = new ArrayList<>();
        List<String> others = new ArrayList<>();
        states.forEach((id, state) -> {
            if (state.revoked()) {
                revoked.add(Long.toString(id));
            } else {
                others.add(object(json -> state(json, state)));
            }
        });
        List<String> imported = new ArrayList<>();
        new TreeMap<>(facts.keys().imported())
                .forEach((digest, token) -> imported.add("\"" + digest + "\":" + object(json -> token(json, token))));
        String purges = PurgeLog.write(facts.purged()).toString();
        String index = quoted(facts.brainIndex());
        Parts parts = new Parts(maxBytes - FRAME_BYTES - 3 * purges.length() - 3 * index.length());
        List<String> revokedFit = parts.fitting(revoked);
        List<String> othersFit = parts.fitting(others);
        List<String> importedFit = parts.fitting(imported);
        boolean complete = parts.complete;
        List<String> hotFit = parts.fitting(quoted(facts.hot()));
        List<String> wantedFit = parts.fitting(quoted(facts.wanted()));
        String text = "{\"version\":1,\"hold_ms\":" + facts.holdMillis() + ",\"complete\":" + complete
                + ",\"brain\":{\"status\":" + quoted(facts.brainStatus()) + ",\"index\":" + index
                + "},\"revoked\":[" + String.join(",", revokedFit) + "],\"keys\":[" + String.join(",", othersFit)
                + "],\"imported\":{" + String.join(",", importedFit) + "},\"purges\":" + purges
                + ",\"hot\":[" + String.join(",", hotFit) + "],\"wanted\":[" + String.join(",", wantedFit) + "]}";
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        return new SyncContent(json, digest(json), complete);
    }

    private static String digest(byte[] json) {
        try {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(json);
            return HexFormat.of().formatHex(sha256, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    private static String object(Members members) {
        return text(json -> {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        });
    }

    private static List<String> quoted(List<String> texts) {
        return texts.stream().map(SyncContent::quoted).toList();
    }

    private static String quoted(String text) {
        return text(json -> json.writeString(text));
    }

    private static String text(Members value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            value.write(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory", impossible);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void state(JsonGenerator json, KeyState state) throws IOException {
        json.writeNumberField("id", state.keyId());
        rate(json, "rate", state.rate());
        if (!state.quotas().isEmpty()) {
            json.writeArrayFieldStart("quotas");
            for (Quota quota : state.quotas()) {
                json.writeStartObject();
                json.writeNumberField("requests", quota.requests());
                json.writeStringField("period", quota.period().name().toLowerCase(Locale.ROOT));
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        texts(
                json,
                "scopes",
                state.scopes().stream().sorted(Comparator.naturalOrder()).toList());
        texts(json, "addresses", state.addresses());
        number(json, "valid_until", state.validUntilMillis());
        number(json, "exhausted_until", state.exhaustedUntilMillis());
        number(json, "max_concurrent", state.maxConcurrent());
        if (state.plan() != null) {
            json.writeStringField("plan", state.plan());
        }
    }

    private static void token(JsonGenerator json, KeyToken token) throws IOException {
        json.writeNumberField("secret_version", token.secretVersion());
        json.writeNumberField("key_id", token.keyId());
        json.writeNumberField("user_id", token.userId());
        json.writeNumberField("expires", token.expiresMillis());
        json.writeStringField("plan", token.plan());
    }

    private static void rate(JsonGenerator json, String name, @Nullable RateLimit rate) throws IOException {
        if (rate != null) {
            json.writeObjectFieldStart(name);
            json.writeNumberField("requests", rate.requests());
            json.writeNumberField("period_ms", rate.periodMillis());
            json.writeNumberField("burst", rate.burst());
            json.writeEndObject();
        }
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.writeArrayFieldStart(name);
            for (String text : texts) {
                json.writeString(text);
            }
            json.writeEndArray();
        }
    }

    private static void number(JsonGenerator json, String name, long value) throws IOException {
        if (value != 0) {
            json.writeNumberField(name, value);
        }
    }
}
