package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.admin.KeyLike;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Finds keys in columns where they would be stored and shown, as when columns are swapped. */
final class MisplacedKeys {
    private static final Set<String> SECRET = Set.of("key", "sha256");
    private static final Set<String> NAMES = Set.of("user", "name");

    private final Set<String> keys = new HashSet<>();
    private final Set<String> digests = new HashSet<>();
    private final boolean namesLikeKeys;

    /**
     * @param all every key of the file as it is written
     * @param namesLikeKeys whether names may look like keys
     */
    MisplacedKeys(List<ObjectNode> all, boolean namesLikeKeys) {
        for (ObjectNode one : all) {
            keys.add(one.path("key").asText());
            digests.add(one.path("sha256").asText().toLowerCase(Locale.ROOT));
        }
        keys.remove("");
        this.namesLikeKeys = namesLikeKeys;
    }

    /** @throws IllegalArgumentException if a column holds one; the message names the column and quotes nothing */
    void refuse(ObjectNode written) {
        for (Map.Entry<String, JsonNode> member : written.properties()) {
            if (!SECRET.contains(member.getKey()) && ImportedKey.MEMBERS.contains(member.getKey())) {
                refuse(member.getKey(), member.getValue());
            }
        }
    }

    private void refuse(String column, JsonNode value) {
        for (JsonNode one : value.isArray() ? value : List.of(value)) {
            String text = one.asText();
            if (keys.contains(text) || text.startsWith("sff_") || digests.contains(ImportedKey.sha256(text))) {
                throw new IllegalArgumentException(
                        "has a key in the column " + column + ", which is not shown here; are columns swapped?");
            }
            boolean name = NAMES.contains(column);
            if (KeyLike.test(text) && !(name && namesLikeKeys)) {
                throw new IllegalArgumentException("has in the column " + column
                        + " what looks like a key, and is not shown here; are columns swapped?"
                        + (name ? " If it is a name, say --names-like-keys." : ""));
            }
        }
    }
}
