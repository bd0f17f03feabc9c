package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Turns what a file says of a key into what the admin port takes: a digest stands for the key, which leaves the process never. */
final class ImportedKey {
    static final Set<String> MEMBERS = Set.of(
            "key",
            "sha256",
            "user",
            "name",
            "plan",
            "scopes",
            "rate",
            "quotas",
            "addresses",
            "max_concurrent",
            "expires_at");

    private static final Set<String> LISTS = Set.of("scopes", "quotas", "addresses");
    private static final Pattern MAIL = Pattern.compile("[^@]+@[^@]+\\.[A-Za-z]{2,}");
    private static final int SHORTEST = 16;
    private static final int LONGEST = 512;

    private ImportedKey() {}

    /** A field of a table: lists are separated by semicolons. */
    static JsonNode fromText(String member, String text) {
        if (LISTS.contains(member)) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            for (String one : text.split(";", -1)) {
                list.add(one.strip());
            }
            return list;
        }
        boolean number = member.equals("max_concurrent")
                && text.length() < 10
                && text.chars().allMatch(c -> "0123456789".indexOf(c) >= 0);
        return number
                ? JsonNodeFactory.instance.numberNode(Integer.parseInt(text))
                : JsonNodeFactory.instance.textNode(text);
    }

    /**
     * The key with its digest in the place of its text.
     *
     * @throws IllegalArgumentException if that cannot be; the message says what is wrong and quotes no value
     */
    static ObjectNode digested(ObjectNode written) {
        for (String name : (Iterable<String>) written::fieldNames) {
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException(
                        "has a member that no key has; there are " + String.join(", ", new TreeSet<>(MEMBERS)));
            }
        }
        ObjectNode key = written.deepCopy();
        JsonNode text = key.path("key");
        JsonNode digest = key.path("sha256");
        if (ImportFile.isSaid(text) == ImportFile.isSaid(digest)) {
            throw new IllegalArgumentException("must have either \"key\" or \"sha256\"");
        }
        if (ImportFile.isSaid(text)) {
            key.put("sha256", sha256(text(text)));
        }
        key.remove("key");
        for (String required : new String[] {"user", "name"}) {
            if (!key.path(required).isTextual()) {
                throw new IllegalArgumentException("must have a \"" + required + "\"");
            }
        }
        JsonNode end = key.path("expires_at");
        if (end.isTextual()) {
            key.put("expires_at", time(end.textValue()));
        }
        return key;
    }

    private static String text(JsonNode node) {
        String key = node.isTextual() ? node.textValue() : "";
        boolean visible = key.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!visible || key.length() < SHORTEST || key.length() > LONGEST) {
            throw new IllegalArgumentException("has a key that is not " + SHORTEST + " to " + LONGEST
                    + " visible ASCII characters: it could be guessed, or never be sent");
        }
        if (MAIL.matcher(key).matches()) {
            throw new IllegalArgumentException("has an e-mail address in the place of the key; are columns swapped?");
        }
        if (key.startsWith("sff_")) {
            throw new IllegalArgumentException("has a key that begins with sff_, as the fleet's own do");
        }
        return key;
    }

    static String sha256(String key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** A day stands for its beginning in UTC. */
    private static String time(String written) {
        try {
            return LocalDate.parse(written)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toString();
        } catch (DateTimeException e) {
            return written;
        }
    }
}
