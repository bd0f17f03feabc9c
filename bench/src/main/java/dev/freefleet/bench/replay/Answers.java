package dev.freefleet.bench.replay;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The one right answer to a question at an index version: about 1 KB of JSON that no other pair shares. */
final class Answers {
    private Answers() {}

    /** @param canonical path and canonical JSON, as in {@link dev.freefleet.testkit.trace.Question#canonical()} */
    static byte[] of(String canonical, int version) {
        String digest = digest(canonical + "\n" + version);
        return ("{\"answer\":\"" + digest.repeat(13) + "\",\"sources\":[{\"id\":\"doc-" + digest.substring(0, 4)
                        + "\",\"type\":\"text\",\"content\":\"" + digest
                        + "\",\"confidence\":0.9,\"metadata\":{\"version\":"
                        + version + "}}],\"confidence\":0.9,\"processing_time_ms\":5}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
