package dev.freefleet.gateway;

import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The purges of all gateways: a log in Redis of the last thousand, their count, and an epoch that is another when Redis has lost its
 * data. Each gateway knows how far it has followed, in a file too, for answers on its disk outlast it. Who was away for longer
 * than the log reaches purges everything it has. If Redis loses the log, each gateway notes its own last purges anew.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is looked at where it is handled, and has a time limit
final class RedisPurges {
    private static final Logger log = LoggerFactory.getLogger(RedisPurges.class);

    static final String CHANNEL = RedisScript.PREFIX + "purged";
    static final String COUNT = RedisScript.PREFIX + "purges";
    private static final List<String> KEYS = List.of(RedisScript.PREFIX + "epoch", COUNT, RedisScript.PREFIX + "log");
    private static final int REMEMBERED = 64;
    private static final int TRIES = 50;
    private static final long REMEMBERED_NANOS = Duration.ofHours(1).toNanos();

    private final RedisLink link;
    private final @Nullable Path file;
    private final Consumer<Selection> purge;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final ArrayDeque<Own> own = new ArrayDeque<>();
    private boolean inTouch;
    private String epoch = "";
    private volatile long count;

    private record Own(Selection which, long nanos) {}

    /**
     * Begins where the file says that the former process has ended.
     *
     * @param purge does what another gateway was told
     */
    RedisPurges(RedisLink link, @Nullable Path file, Consumer<Selection> purge) {
        this.link = link;
        this.file = file;
        this.purge = purge;
        restore();
    }

    /** How many purges this gateway knows of. */
    long count() {
        return count;
    }

    /** Notes a purge of this gateway's for the others; done when Redis has it. */
    CompletableFuture<Void> tell(Selection which) {
        synchronized (own) {
            if (own.size() == REMEMBERED) {
                own.removeFirst();
            }
            own.addLast(new Own(which, System.nanoTime()));
        }
        return note(which).thenCompose(noted -> followTo(Long.parseLong(text((byte[]) noted.get(1))), TRIES));
    }

    /** Until this gateway knows of its own purge, Redis takes no answers of it. */
    private CompletableFuture<Void> followTo(long noted, int tries) {
        return follow().thenCompose(followed -> {
            if (count >= noted || tries == 0) {
                return CompletableFuture.completedFuture(null);
            }
            return CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS))
                    .thenCompose(waited -> followTo(noted, tries - 1));
        });
    }

    private CompletableFuture<List<Object>> note(Selection which) {
        return link.run(
                RedisUse.PURGES,
                RedisScript.PURGE,
                ScriptOutputType.MULTI,
                KEYS,
                bytes(UUID.randomUUID().toString()),
                bytes(write(which)),
                bytes(CHANNEL));
    }

    /** Learns what the other gateways were told since. */
    CompletableFuture<Void> follow() {
        if (!asking.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null); // the keeper looks again soon
        }
        CompletableFuture<List<Object>> asked = link.run(
                RedisUse.PURGES,
                RedisScript.PURGES,
                ScriptOutputType.MULTI,
                KEYS,
                bytes(UUID.randomUUID().toString()),
                bytes(known()),
                bytes(Long.toString(count)));
        return asked.handle((answer, failed) -> {
            try {
                if (failed == null) {
                    followed(answer.stream().map(part -> text((byte[]) part)).toList());
                }
            } finally {
                asking.set(false);
            }
            return null;
        });
    }

    private synchronized String known() {
        return epoch;
    }

    private synchronized void followed(List<String> answer) {
        boolean same = answer.get(0).equals(epoch);
        long counted = Long.parseLong(answer.get(1));
        boolean whole = answer.get(2).equals("1");
        if (same && counted == count) {
            inTouch = true;
            return;
        }
        if ((same && !whole) || (!same && !inTouch && (counted > 0 || !epoch.isEmpty()))) {
            log.info("Other gateways may have purged what this one has stored while it was away; it drops all it has");
            purge.accept(Selection.ALL);
        } else {
            answer.stream().skip(3).map(RedisPurges::read).forEach(purge);
        }
        boolean lost = !same && inTouch;
        epoch = answer.get(0);
        count = counted;
        inTouch = true;
        keep();
        if (lost) {
            tellAgain();
        }
    }

    /** Redis has lost its log, and with it what another gateway may not have read yet. */
    private void tellAgain() {
        List<Own> again;
        synchronized (own) {
            long now = System.nanoTime();
            own.removeIf(old -> now - old.nanos() > REMEMBERED_NANOS);
            again = List.copyOf(own);
        }
        again.forEach(old -> note(old.which()).exceptionally(failed -> List.of()));
    }

    private void restore() {
        Path from = file;
        if (from == null || !Files.exists(from)) {
            return;
        }
        try {
            String[] words = Files.readString(from).strip().split(" ", -1);
            epoch = words[0];
            count = Long.parseLong(words[1]);
        } catch (IOException | RuntimeException e) {
            epoch = "unknown";
            log.warn(
                    "{} cannot be read ({}); stored answers are dropped, as purges may have been missed",
                    from,
                    e.toString());
        }
    }

    private void keep() {
        Path to = file;
        if (to == null) {
            return;
        }
        try {
            Path fresh = to.resolveSibling(to.getFileName() + ".new");
            Files.writeString(fresh, epoch + " " + count + "\n");
            Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            log.warn("{} cannot be written ({}); after a restart stored answers are dropped", to, e.toString());
        }
    }

    private static String write(Selection which) {
        return part(which.route()) + " " + part(which.tag()) + " " + part(which.key());
    }

    private static String part(@Nullable String value) {
        return value == null ? "-" : "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** What cannot be read is of a newer gateway, and means more than this one can tell. */
    private static Selection read(String written) {
        String[] words = written.split(" ", -1);
        if (words.length != 3) {
            return Selection.ALL;
        }
        return new Selection(value(words[0]), value(words[1]), value(words[2]));
    }

    private static @Nullable String value(String part) {
        return part.equals("-") ? null : URLDecoder.decode(part.substring(1), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return Objects.requireNonNull(text).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
