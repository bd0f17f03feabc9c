package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a file of vectors: exchanges as lines, with the events that a shell would feed ({@code >}) and the steps that the
 * core answers with ({@code <}); {@code again} is a request to the same edge as the one before. The result is the file with its step lines written anew, so that whoever runs it, on
 * whichever platform, compares texts. It uses nothing that TeaVM does not have.
 */
final class Transcript {
    private final EdgePolicy policy;
    private Edge edge;
    private String index = "";
    private final StringBuilder out = new StringBuilder();
    private @Nullable Exchange exchange;

    private Transcript(EdgePolicy policy) {
        this.policy = policy;
        this.edge = new Edge(policy);
    }

    /** The file with its steps as this platform finds them. */
    static String run(String vectors, EdgePolicy policy) {
        Transcript transcript = new Transcript(policy);
        for (String line : vectors.split("\n", -1)) {
            transcript.line(line);
        }
        return transcript.out.substring(0, Math.max(0, transcript.out.length() - 1));
    }

    private void line(String line) {
        if (line.startsWith("< ")) {
            return;
        }
        out.append(line).append('\n');
        boolean again = line.startsWith("again ");
        if (again || line.startsWith("request ")) {
            if (!again) {
                edge = new Edge(policy); // which has nothing worked out from earlier requests
                edge.indexVersion(index);
            }
            List<String> words = words(line);
            boolean content = words.get(3).equals("content");
            exchange = edge.open(new RequestHead(
                    "0190b2f4-0000-7000-8000-000000000001",
                    1_790_000_000_000L,
                    words.get(1),
                    words.get(2),
                    fields(words, 4),
                    new byte[] {(byte) 192, 0, 2, 7},
                    true,
                    content,
                    -1));
            step(exchange.start());
        } else if (line.startsWith("> ") && exchange != null) {
            step(exchange.on(event(words(line))));
        } else if (line.startsWith("index ")) {
            index = words(line).get(1);
        }
    }

    private static Event event(List<String> words) {
        return switch (words.get(1)) {
            case "taken" -> {
                List<Gcra.Taken> results = new ArrayList<>();
                for (int i = 2; i < words.size(); i++) {
                    long wait = Long.parseLong(words.get(i));
                    results.add(new Gcra.Taken(wait == 0, wait == 0 ? 9 : 0, 1_000, wait));
                }
                yield new Event.AllowancesTaken(results);
            }
            case "held" -> new Event.Held(words.get(2).equals("yes"));
            case "verified" -> new Event.KeyVerified(words.get(2).equals("yes"));
            case "body" -> new Event.BodyRead(words.get(2).getBytes(StandardCharsets.UTF_8));
            case "too-large" -> new Event.BodyTooLarge();
            case "digested" -> new Event.Digested(digest(words.get(2)));
            case "normalized" -> new Event.Normalized(words.get(2));
            case "found" -> new Event.Found(stored(words));
            case "coalesced" -> new Event.Coalesced(stored(words));
            case "answered" ->
                new Event.OriginAnswered(
                        Integer.parseInt(words.get(2)), fields(words, 3), 1_790_000_000_000L, 1_790_000_000_100L);
            case "done" -> new Event.Done();
            case "slow" -> new Event.OriginSlow();
            case "failed" -> new Event.OriginFailed(Event.Failure.valueOf(words.get(2)));
            case "health" -> new Event.HealthReported(200, words.get(2).getBytes(StandardCharsets.UTF_8));
            default -> throw new IllegalArgumentException("unknown event " + words.get(1));
        };
    }

    /** A digest that begins with these digits. */
    private static byte[] digest(String hex) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < hex.length() / 2; i++) {
            bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }

    private static List<StoredAnswer> stored(List<String> words) {
        if (words.size() == 2) {
            return List.of();
        }
        long millis = 1_790_000_000_000L - 1_000 * Long.parseLong(words.get(3));
        return List.of(new StoredAnswer(
                Integer.parseInt(words.get(2)),
                fields(words, 5),
                millis,
                millis,
                Fields.empty(),
                words.get(4),
                List.of(),
                () -> 5));
    }

    private void step(Step step) {
        out.append("< ").append(text(step)).append('\n');
    }

    private static String text(Step step) {
        return switch (step) {
            case Step.VerifyKey(int version, byte[] signed, byte[] mac) ->
                "VerifyKey " + version + " " + Ascii.hex(signed, signed.length) + " " + Ascii.hex(mac, mac.length);
            case Step.TakeAllowances(List<Step.Allowance> allowances) -> {
                StringBuilder text = new StringBuilder("TakeAllowances");
                for (Step.Allowance a : allowances) {
                    text.append(' ')
                            .append(a.bucket())
                            .append('=')
                            .append(a.limit().requests());
                    text.append('/')
                            .append(a.limit().periodMillis())
                            .append('x')
                            .append(a.cost());
                }
                yield text.toString();
            }
            case Step.Hold(String bucket, int max) -> "Hold " + bucket + " " + max;
            case Step.CountQuotas(List<Step.QuotaUse> uses) -> "CountQuotas " + uses.size();
            case Step.ReadBody(int maxBytes) -> "ReadBody " + maxBytes;
            case Step.Digest(byte[] material) -> "Digest " + printable(material);
            case Step.Normalize(String text) -> "Normalize " + printable(text.getBytes(StandardCharsets.UTF_8));
            case Step.Lookup(String key) -> "Lookup " + key;
            case Step.Fetch(OriginRequest request, String coalesceKey, long slow, boolean hasStale) ->
                "Fetch " + request.method() + " " + request.target() + text(request.fields()) + " content="
                        + printable(request.content()) + " stream=" + request.streamContent() + " coalesce="
                        + coalesceKey + (slow == 0 ? "" : " slow=" + slow) + (hasStale ? " stale" : "");
            case Step.Update(String key, StoredAnswer ignored, StoredAnswer updated) ->
                "Update " + key + text(updated.fields()) + " index=" + updated.indexVersion();
            case Step.Invalidate(List<String> keys) -> "Invalidate " + String.join(" ", keys);
            case Step.ReportHealth(Step.HealthKind kind) -> "ReportHealth " + kind;
            case Step.Respond(int status, Fields fields, Step.Content content, Step.StoreOrder store) ->
                "Respond " + status + text(fields) + " " + text(content) + text(store);
        };
    }

    private static String text(Step.Content content) {
        return switch (content) {
            case Step.Content.None(long length) -> "None " + length;
            case Step.Content.Bytes(byte[] bytes) -> "Bytes " + printable(bytes);
            case Step.Content.FromStore(StoredAnswer answer) -> "FromStore " + answer.status();
            case Step.Content.FromStoreRange(StoredAnswer answer, long offset, long length) ->
                "FromStoreRange " + answer.status() + " " + offset + "+" + length;
            case Step.Content.FromOrigin() -> "FromOrigin";
            case Step.Content.Tunnel() -> "Tunnel";
        };
    }

    private static String text(Step.@Nullable StoreOrder store) {
        if (store == null) {
            return "";
        }
        Step.StoredHead head = store.answerWithoutBody();
        return " store " + store.cacheKey() + " " + head.status() + text(head.fields()) + " selecting"
                + text(head.selecting()) + " index=" + head.indexVersion();
    }

    private static String text(Fields fields) {
        StringBuilder text = new StringBuilder(" {");
        fields.forEach((name, value) ->
                text.append('[').append(name).append(": ").append(value).append(']'));
        return text.append('}').toString();
    }

    /** Bytes as text, with what is not printable as \xx. */
    private static String printable(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "none";
        }
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            if (b >= ' ' && b < 0x7f && b != '\\') {
                text.append((char) b);
            } else {
                text.append('\\').append(Ascii.hex(new byte[] {b}, 1));
            }
        }
        return text.toString();
    }

    /** The words of a line; one in backquotes may hold spaces. */
    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            boolean quoted = line.charAt(at) == '`';
            int end = quoted ? line.indexOf('`', at + 1) : line.indexOf(' ', at);
            if (end < 0) {
                end = line.length();
            }
            words.add(line.substring(quoted ? at + 1 : at, end));
            at = quoted ? end + 2 : end + 1;
        }
        return words;
    }

    /** The words from {@code from} on as {@code name: value}. */
    private static Fields fields(List<String> words, int from) {
        Fields.Builder fields = Fields.builder();
        for (int i = from; i < words.size(); i++) {
            int colon = words.get(i).indexOf(": ");
            fields.add(words.get(i).substring(0, colon), words.get(i).substring(colon + 2));
        }
        return fields.build();
    }
}
