package dev.freefleet.edge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A shell in memory: real digests, real GCRA, a real store, and an origin that is a function. Its clock is set by hand. */
final class TestShell {
    static final byte[] SECRET = "a secret of the tests, 32 bytes+".getBytes(StandardCharsets.UTF_8);
    static final long NOON = 1_790_000_000_000L;

    final Edge edge;
    final Map<String, List<StoredAnswer>> store = new HashMap<>();
    final Map<String, Long> buckets = new HashMap<>();
    final Map<String, Long> quotas = new HashMap<>();
    /** Places that other exchanges hold. */
    final Map<String, Integer> held = new HashMap<>();
    /** Every step of every exchange, oldest first. */
    final List<Step> steps = new ArrayList<>();
    /** What reached the origin. */
    final List<OriginRequest> asked = new ArrayList<>();

    long now = NOON;
    /** Whether clients come with TLS, and whether their connections can leave HTTP. */
    boolean secure;

    boolean switchable;
    Function<OriginRequest, Event> origin = request -> answer(200, "hello");

    TestShell(EdgePolicy policy) {
        edge = new Edge(policy);
    }

    /** An answer with this text, and with this content for the shell to find. */
    Event answer(int status, String content, String... fields) {
        body = content.getBytes(StandardCharsets.UTF_8);
        return new Event.OriginAnswered(status, Fields.of(fields), now, now);
    }

    private byte[] body = {};

    /** The same lines are the same object each time, as the gateway has it: what the edge keeps with them must not grow stale. */
    private final Map<Fields, Fields> sent = new HashMap<>();

    /** What the client was given. */
    record Answer(int status, Fields fields, byte[] content, UsageEvent usage) {
        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }

        String cacheStatus() {
            String value = fields.first("cache-status");
            return value == null ? "" : value;
        }
    }

    record Bytes(byte[] bytes) implements StoredAnswer.Body {
        @Override
        public long length() {
            return bytes.length;
        }
    }

    /** Sends a request from 192.0.2.7 and performs its steps. */
    Answer send(String method, String target, String content, String... fields) {
        return send(new byte[] {(byte) 192, 0, 2, 7}, method, target, content, fields);
    }

    Answer send(byte[] peer, String method, String target, String content, String... fields) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        RequestHead head = new RequestHead(
                "0190b2f4-0000-7000-8000-000000000001",
                now,
                method,
                target,
                sent.computeIfAbsent(Fields.of(fields), first -> first),
                peer,
                secure,
                bytes.length > 0,
                bytes.length == 0 ? -1 : bytes.length,
                switchable);
        Exchange exchange = edge.open(head);
        Step.Respond respond = run(exchange, bytes);
        byte[] out = deliver(respond);
        UsageEvent usage = exchange.finish(respond.status(), 1, 0, bytes.length, out.length);
        Exchange behind = exchange.background();
        if (behind != null) {
            deliver(run(behind, new byte[0]));
        }
        return new Answer(respond.status(), respond.fields(), out, usage);
    }

    private Step.Respond run(Exchange exchange, byte[] content) {
        Step step = exchange.start();
        while (true) {
            steps.add(step);
            if (step instanceof Step.Respond respond) {
                return respond;
            }
            step = exchange.on(perform(step, content));
        }
    }

    private Event perform(Step step, byte[] content) {
        return switch (step) {
            case Step.VerifyKey(int version, byte[] signed, byte[] mac) ->
                new Event.KeyVerified(version == 1 && Arrays.equals(mac, Arrays.copyOf(hmac(signed), mac.length)));
            case Step.TakeAllowances(List<Step.Allowance> allowances) -> new Event.AllowancesTaken(take(allowances));
            case Step.Hold(String bucket, int max) -> new Event.Held(held.getOrDefault(bucket, 0) < max);
            case Step.CountQuotas(List<Step.QuotaUse> uses) -> new Event.QuotasCounted(count(uses));
            case Step.ReadBody(int maxBytes) ->
                content.length > maxBytes ? new Event.BodyTooLarge() : new Event.BodyRead(content);
            case Step.Digest(byte[] material) -> new Event.Digested(sha256(material));
            case Step.Normalize(String text) -> new Event.Normalized(normalize(text));
            case Step.Lookup(String key) -> new Event.Found(store.getOrDefault(key, List.of()));
            case Step.Fetch(OriginRequest request, String ignored, long slow, boolean hasStale) -> {
                asked.add(request);
                yield origin.apply(request);
            }
            case Step.Update(String key, StoredAnswer stored, StoredAnswer updated) -> {
                store.computeIfPresent(
                        key,
                        (k, variants) -> variants.stream()
                                .map(v -> v.equals(stored) ? updated : v)
                                .toList());
                yield new Event.Done();
            }
            case Step.Invalidate(List<String> keys) -> {
                keys.forEach(store::remove);
                yield new Event.Done();
            }
            case Step.ReportHealth ignored -> new Event.HealthReported(200, "{}".getBytes(StandardCharsets.UTF_8));
            case Step.Respond ignored -> throw new IllegalStateException("the last step is not performed");
        };
    }

    static String normalize(String text) {
        String lower = Normalizer.normalize(text, Normalizer.Form.NFKC)
                .codePoints()
                .mapToObj(c -> Character.toString(c).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
        return Normalizer.normalize(lower, Normalizer.Form.NFKC);
    }

    private List<Long> count(List<Step.QuotaUse> uses) {
        List<Long> remaining = uses.stream()
                .map(use -> use.requests() - quotas.getOrDefault(use.bucket(), 0L) - 1)
                .toList();
        if (remaining.stream().allMatch(left -> left >= 0)) {
            uses.forEach(use -> quotas.merge(use.bucket(), 1L, Long::sum));
        }
        return remaining;
    }

    private List<Gcra.Taken> take(List<Step.Allowance> allowances) {
        long nanos = now * 1_000_000 - NOON * 1_000_000;
        List<Gcra.Decision> decisions = allowances.stream()
                .map(a -> a.take(buckets.getOrDefault(a.bucket(), nanos), nanos))
                .toList();
        if (decisions.stream().allMatch(d -> d.taken().allowed())) {
            for (int i = 0; i < decisions.size(); i++) {
                buckets.put(allowances.get(i).bucket(), decisions.get(i).arrivalNanos());
            }
        }
        return decisions.stream().map(Gcra.Decision::taken).toList();
    }

    private byte[] deliver(Step.Respond respond) {
        byte[] out = switch (respond.content()) {
            case Step.Content.None ignored -> new byte[0];
            case Step.Content.Bytes(byte[] bytes) -> bytes;
            case Step.Content.FromStore(StoredAnswer answer) -> ((Bytes) answer.body()).bytes();
            case Step.Content.FromStoreRange(StoredAnswer answer, long offset, long length) ->
                Arrays.copyOfRange(((Bytes) answer.body()).bytes(), (int) offset, (int) (offset + length));
            case Step.Content.FromOrigin() -> body;
            case Step.Content.Tunnel() -> new byte[0];
        };
        Step.StoreOrder order = respond.store();
        if (order != null && body.length <= order.maxBytes()) {
            List<StoredAnswer> variants = new ArrayList<>(store.getOrDefault(order.cacheKey(), List.of()));
            Step.StoredHead head = order.answerWithoutBody();
            variants.removeIf(v -> v.selecting().equals(head.selecting()));
            variants.add(head.with(order.tags().of(body), new Bytes(body)));
            store.put(order.cacheKey(), variants);
        }
        return out;
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] hmac(byte[] bytes) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key that this shell verifies. */
    static String key(long keyId, long userId) {
        return key(new KeyToken(1, keyId, userId, 0, "default"));
    }

    static String key(KeyToken token) {
        return KeyFormat.encode(token, hmac(KeyFormat.signedBytes(token)));
    }

    /** Steps of this kind so far. */
    <S extends Step> List<S> stepsOf(Class<S> kind) {
        return steps.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The only step of this kind, or null. */
    <S extends Step> @Nullable S lastOf(Class<S> kind) {
        List<S> all = stepsOf(kind);
        return all.isEmpty() ? null : all.getLast();
    }
}
