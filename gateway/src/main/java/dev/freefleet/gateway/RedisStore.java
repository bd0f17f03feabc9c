package dev.freefleet.gateway;

import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.StoredAnswer;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers in Redis, shared by several gateways: a hash for each key, with a record of {@code docs/cache-format.md} and the tags of
 * each variant. They end with their time to live; how much memory they take all together is bounded by Redis's own
 * {@code maxmemory}. A look-up that Redis does not answer in time finds nothing.
 *
 * <p>There is no index of tags, which Redis could evict before what it points to: a purge by tag looks at all entries, inside
 * Redis. No gateway stores while there is a purge that it has not heard of.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is looked at where it is handled, and has a time limit
final class RedisStore implements AnswerStore {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);

    static final String REMOVED = RedisScript.PREFIX + "removed";
    private static final String ENTRY = RedisScript.PREFIX + "c:";
    private static final int SCANNED = 500;
    /** Of a variant's tags: a number by which the oldest is found. */
    private static final int NUMBER_DIGITS = 12;

    private final RedisLink link;
    private final RedisPurges purges;
    private final RedisConfig config;
    private volatile Map<String, String> figures = Map.of();

    RedisStore(RedisLink link, RedisPurges purges, RedisConfig config) {
        this.link = link;
        this.purges = purges;
        this.config = config;
    }

    @Override
    public void lookup(String key, Consumer<List<StoredAnswer>> found) {
        variants(ENTRY + key).whenComplete((variants, failed) -> found.accept(failed == null ? variants : List.of()));
    }

    private CompletableFuture<List<StoredAnswer>> variants(String entry) {
        return link.ask(RedisUse.CACHE, redis -> redis.hgetall(entry))
                .thenApply(fields -> decode(entry.substring(ENTRY.length()), fields));
    }

    /** In the order in which they were stored. What is damaged, or another key's, is as good as nothing. */
    private static List<StoredAnswer> decode(String key, Map<String, byte[]> fields) {
        Map<String, StoredAnswer> inOrder = new TreeMap<>();
        fields.forEach((name, value) -> {
            byte[] tags = fields.get("t" + name.substring(1));
            if (name.charAt(0) != 'v' || tags == null || tags.length < NUMBER_DIGITS) {
                return;
            }
            DiskRecord entry = DiskRecord.decode(value);
            if (entry != null && entry.key().equals(key) && entry.variants().size() == 1) {
                inOrder.put(
                        new String(tags, 0, NUMBER_DIGITS, StandardCharsets.US_ASCII),
                        entry.variants().getFirst());
            }
        });
        return List.copyOf(inOrder.values());
    }

    @Override
    public void put(String key, StoredAnswer answer) {
        if (answer.body().length() > config.maxAnswerBytes()) {
            remove(key); // rather nothing than what this has replaced
            return;
        }
        CompletableFuture<Long> stored = link.run(
                RedisUse.CACHE,
                RedisScript.PUT,
                ScriptOutputType.INTEGER,
                List.of(ENTRY + key, RedisPurges.COUNT),
                bytes(Long.toString(purges.count())),
                bytes(variant(answer)),
                new DiskRecord(key, List.of(answer)).encode(),
                bytes(tags(answer)),
                bytes(Long.toString(config.answerTtl().toMillis())),
                bytes(Integer.toString(MAX_VARIANTS)));
        stored.whenComplete((done, failed) -> {
            if (failed != null) {
                log.debug("an answer was not shared: {}", failed.toString());
            } else if (done == 0) {
                purges.follow();
            }
        });
    }

    /** Names a variant by its selecting fields, whose order is that of the answer's Vary. */
    private static String variant(StoredAnswer answer) {
        StringBuilder text = new StringBuilder();
        answer.selecting()
                .forEach((name, value) ->
                        text.append(name).append('\n').append(value).append('\n'));
        return UUID.nameUUIDFromBytes(bytes(text.toString())).toString();
    }

    private static String tags(StoredAnswer answer) {
        boolean plain = answer.tags().stream().allMatch(tag -> tag.indexOf('\0') < 0);
        return "\0" + (plain ? String.join("\0", answer.tags()) : AnswerTags.ANY) + "\0";
    }

    @Override
    public void remove(String key) {
        link.ask(RedisUse.CACHE, redis -> redis.del(ENTRY + key)).exceptionally(failed -> 0L);
        link.ask(RedisUse.CACHE, redis -> redis.publish(REMOVED, bytes(key))).exceptionally(failed -> 0L);
    }

    @Override
    public CompletableFuture<Long> purge(Selection which) {
        return purges.tell(which).thenCompose(told -> drop(which));
    }

    private CompletableFuture<Long> drop(Selection which) {
        String only = which.key();
        if (only != null) {
            return which.takesKey(only) ? drop(List.of(ENTRY + only), which) : CompletableFuture.completedFuture(0L);
        }
        return drop(which, ScanCursor.INITIAL, 0);
    }

    private CompletableFuture<Long> drop(Selection which, ScanCursor from, long before) {
        return scan(from, which).thenCompose(page -> {
            List<String> entries = page.getKeys().stream()
                    .filter(entry -> which.takesKey(entry.substring(ENTRY.length())))
                    .toList();
            CompletableFuture<Long> dropped =
                    entries.isEmpty() ? CompletableFuture.completedFuture(0L) : drop(entries, which);
            return dropped.thenCompose(more -> page.isFinished()
                    ? CompletableFuture.completedFuture(before + more)
                    : drop(which, page, before + more));
        });
    }

    private CompletableFuture<Long> drop(List<String> entries, Selection which) {
        String tag = which.tag();
        // A text with a NUL is no tag that is told apart; what has such a one has every tag.
        String wanted = tag == null ? "" : tag.indexOf('\0') < 0 ? "\0" + tag + "\0" : "\0*\0";
        return link.run(RedisUse.PURGES, RedisScript.DROP, ScriptOutputType.INTEGER, entries, bytes(wanted));
    }

    private CompletableFuture<KeyScanCursor<String>> scan(ScanCursor from, Selection which) {
        String route = which.route();
        String pattern = ENTRY + (route == null ? "" : escaped(route) + ":") + "*";
        return link.ask(
                RedisUse.PURGES,
                redis -> redis.scan(from, ScanArgs.Builder.matches(pattern).limit(SCANNED)));
    }

    /** The text itself where a glob is wanted. */
    private static String escaped(String text) {
        StringBuilder glob = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if ("*?[]^\\".indexOf(text.charAt(i)) >= 0) {
                glob.append('\\');
            }
            glob.append(text.charAt(i));
        }
        return glob.toString();
    }

    @Override
    public CompletableFuture<List<Kept>> list(Selection which, int limit) {
        return list(which, limit, ScanCursor.INITIAL, new ArrayList<>());
    }

    private CompletableFuture<List<Kept>> list(Selection which, int limit, ScanCursor from, List<Kept> kept) {
        return scan(from, which).thenCompose(page -> {
            CompletableFuture<List<Kept>> all = CompletableFuture.completedFuture(kept);
            for (String entry : page.getKeys()) {
                String key = entry.substring(ENTRY.length());
                if (which.takesKey(key)) {
                    all = all.thenCombine(variants(entry), (some, variants) -> {
                        variants.stream()
                                .filter(answer -> some.size() < limit && which.matches(key, answer))
                                .forEach(answer -> some.add(new Kept(key, answer, false)));
                        return some;
                    });
                }
            }
            return all.thenCompose(some -> page.isFinished() || some.size() >= limit
                    ? CompletableFuture.completedFuture(some)
                    : list(which, limit, page, some));
        });
    }

    /** Reads what {@link #stats} tells; from time to time. */
    void look() {
        link.ask(RedisUse.PURGES, redis -> redis.dbsize())
                .thenCombine(link.ask(RedisUse.PURGES, redis -> redis.info()), RedisStore::figures)
                .thenAccept(read -> figures = read)
                .exceptionally(failed -> null);
    }

    private static Map<String, String> figures(long keys, String info) {
        Map<String, String> read = new TreeMap<>();
        info.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                read.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        read.put("keys", Long.toString(keys));
        return read;
    }

    /** Of the whole server, as of the last look. */
    @Override
    public Stats stats() {
        return new Stats(figure("keys"), figure("used_memory"), figure("maxmemory"), figure("evicted_keys"), null);
    }

    private long figure(String name) {
        return Long.parseLong(Objects.requireNonNullElse(figures.get(name), "0"));
    }

    private static byte[] bytes(@Nullable String text) {
        return Objects.requireNonNull(text).getBytes(StandardCharsets.UTF_8);
    }

    /** All of it is in Redis already. */
    @Override
    public void close() {}
}
