package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds keys where an import has names, which are stored and shown, as when members are swapped. */
final class ImportedNames {
    private final Set<String> digests;
    private final boolean namesLikeKeys;

    /**
     * Looks at all digests first, since one may have for its name what is the key of another.
     *
     * @param namesLikeKeys whether names may look like keys
     */
    ImportedNames(List<ObjectNode> all, boolean namesLikeKeys) {
        digests = all.stream()
                .map(key -> key.path("sha256").asText().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        this.namesLikeKeys = namesLikeKeys;
    }

    /** Gives the name back. @throws Problem 400 that quotes nothing, if it is a key, or looks like one */
    String checked(String member, String text) {
        if (text.startsWith("sff_") || digests.contains(sha256(text))) {
            throw Body.invalid("There is a key in \"" + member + "\", which is not shown here; are members swapped?");
        }
        if (!namesLikeKeys && KeyLike.test(text)) {
            throw Body.invalid("What is in \"" + member
                    + "\" looks like a key, and is not shown here; if it is a name, say \"names_like_keys\": true.");
        }
        return text;
    }

    private static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
