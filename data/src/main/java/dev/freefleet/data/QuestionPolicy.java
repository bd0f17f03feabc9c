package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.edge.UsageQuestion;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What usage records keep of questions. It is applied to each event before it leaves memory: what it takes away reaches no
 * disk and no database. Safe for use by several threads.
 *
 * <p>A question's digest becomes the first half of HMAC-SHA256 of it, under a secret of the fleet's own. The edges' plain digest would let
 * anybody who reads the records try short questions until one fits; under the secret, equal questions have equal digests, and
 * nobody without it can try. All events pass here, whichever edge they come from.
 */
public final class QuestionPolicy {
    /** Keeps what the edge keeps, as it is. */
    public static final QuestionPolicy ALL = new QuestionPolicy(Map.of(), Redaction.NONE, null);

    /** At this length the edge cuts a question off, and what is sensitive at its end may be cut in two. */
    private static final int CUT_AT = 1_999;

    private static final int TAIL = 64;
    /** Nothing is left with a question where it or what is made of it is longer. With all that an edge remembers, that is some 16 MB at the worst. */
    private static final int LONGEST_LEFT = 256;

    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] NOTHING = RowBatch.question(null, null);

    private final Map<String, EdgePolicy.QueryText> routes;
    private final Redaction redaction;
    /** Null where digests stay as they are. */
    private final @Nullable DigestKey key;

    /**
     * @param routes what is kept of the questions of single routes, where that is less than the edge keeps
     * @param redaction what is taken out of those that are kept
     * @param secret what digests are keyed with, 32 bytes; or null, and they stay as they are
     */
    public QuestionPolicy(Map<String, EdgePolicy.QueryText> routes, Redaction redaction, byte @Nullable [] secret) {
        this.routes = Map.copyOf(routes);
        this.redaction = requireNonNull(redaction, "redaction");
        if (secret != null && secret.length != 32) {
            throw new IllegalArgumentException("secret must have 32 bytes, but has " + secret.length);
        }
        key = secret == null ? null : new DigestKey(secret);
    }

    /**
     * What records may keep of a question.
     *
     * @param by who says so
     * @param asText whether the text may be among it
     * @param digest the digest that is kept, or null
     * @param text the text that is kept, or null
     * @param columns both as {@link RowBatch#question} encodes them
     */
    private record Kept(
            QuestionPolicy by,
            boolean asText,
            @Nullable String digest,
            @Nullable String text,
            byte[] columns) {}

    private EdgePolicy.QueryText keep(UsageEvent event) {
        return routes.getOrDefault(event.route(), EdgePolicy.QueryText.FULL);
    }

    /** The event as it may be kept. */
    public UsageEvent apply(UsageEvent event) {
        @Nullable UsageQuestion question = event.question();
        @Nullable Kept kept = question == null ? null : kept(event, question);
        return question == null ? event : with(event, kept);
    }

    /** What is kept of an event's question, as {@link RowBatch#question} encodes it. */
    byte[] columns(UsageEvent event) {
        @Nullable UsageQuestion question = event.question();
        @Nullable Kept kept = question == null ? null : kept(event, question);
        return kept == null ? NOTHING : kept.columns();
    }

    private @Nullable Kept kept(UsageEvent event, UsageQuestion question) {
        return switch (keep(event)) {
            case OFF -> null;
            case DIGEST -> kept(question, false);
            case FULL -> kept(question, true);
        };
    }

    /** While the edge remembers a question, it is redacted once. */
    private Kept kept(UsageQuestion question, boolean asText) {
        if (question.made() instanceof Kept known && known.by == this && known.asText == asText) {
            return known;
        }
        @Nullable String asked = question.text();
        @Nullable String digest = question.digest() == null ? null : keyed(question.digest());
        @Nullable String text = asked == null || !asText ? null : redacted(asked);
        var kept = new Kept(this, asText, digest, text, RowBatch.question(digest, text));
        if (isShort(asked) && isShort(text)) {
            question.leave(kept);
        }
        return kept;
    }

    private static boolean isShort(@Nullable String text) {
        return text == null || text.length() <= LONGEST_LEFT;
    }

    private String redacted(String text) {
        String result = redaction.apply(text);
        // With nothing to take out there is nothing that could be cut in two.
        boolean cut = text.length() >= CUT_AT && redaction != Redaction.NONE;
        return cut ? result.substring(0, Math.max(0, result.length() - TAIL)) : result;
    }

    /** Of an edge's digest, 32 digits of hex; what is none is kept by nobody. */
    private @Nullable String keyed(String digest) {
        if (key == null) {
            return digest;
        }
        try {
            return HEX.formatHex(key.of(HEX.parseHex(digest)), 0, 16);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static UsageEvent with(UsageEvent event, @Nullable Kept question) {
        return new UsageEvent(
                event.id(),
                event.timeMillis(),
                event.keyId(),
                event.userId(),
                event.route(),
                event.method(),
                event.status(),
                event.cache(),
                event.latencyMicros(),
                event.originMicros(),
                event.bytesIn(),
                event.bytesOut(),
                question == null ? null : question.digest(),
                question == null ? null : question.text(),
                event.node());
    }
}
