package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Random puts, removals, purges, restarts, kills and damage of files, beside a model that remembers everything. Without
 * damage what was put last is found (or, where the store had to drop something, nothing); after damage what is found is
 * still something that was put under that very key and variant since it was last removed.
 */
class DiskStoreModelTest {
    private static final int KEYS = 24;

    /** Every content since the last removal, by key and variant; and the last one. */
    private final Map<String, Set<String>> since = new HashMap<>();

    private final Map<String, String> last = new HashMap<>();
    private final Map<String, String> tags = new HashMap<>();

    private Path folder = Path.of("");
    private int folders;
    private int version;
    private boolean damaged;
    private boolean evicted;

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void nothingIsFoundThatShouldNotBe(@ForAll long seed) throws IOException {
        Path base = Files.createTempDirectory("answers");
        try {
            run(base, new Random(seed));
        } finally {
            try (Stream<Path> files = Files.walk(base)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void run(Path base, Random random) throws IOException {
        since.clear();
        last.clear();
        tags.clear();
        damaged = false;
        evicted = false;
        folder = base.resolve("0");
        DiskStore store = new DiskStore(folder, 1 << 20, key -> false);
        for (int step = 0; step < 300; step++) {
            int dice = random.nextInt(100);
            if (dice < 70) {
                put(store, random);
            } else if (dice < 78) {
                String key = key(random);
                store.remove(key);
                forget(key);
            } else if (dice < 84) {
                purge(store, random);
            } else if (dice < 97) {
                check(store, key(random));
            } else {
                store = restarted(store, base, random);
            }
        }
        for (int i = 0; i < KEYS; i++) {
            check(store, "r" + i % 3 + ":" + i);
        }
        assertThat(store.stats().bytes()).isLessThanOrEqualTo(1 << 20);
        store.close();
    }

    private static String key(Random random) {
        int i = random.nextInt(KEYS);
        return "r" + i % 3 + ":" + i;
    }

    private void put(DiskStore store, Random random) {
        String key = key(random);
        String variant = "v" + random.nextInt(3);
        String tag = "t" + random.nextInt(4);
        String slot = key + "/" + variant;
        String content = slot + "/" + ++version + "/" + "x".repeat(random.nextInt(8_000));
        Fields fields = Fields.of("vary", "v");
        store.put(
                key,
                new StoredAnswer(
                        200,
                        fields,
                        1,
                        2,
                        Fields.of("v", variant),
                        "",
                        List.of(tag),
                        new HeldBody(content.getBytes(StandardCharsets.UTF_8), fields)));
        last.put(slot, content);
        since.computeIfAbsent(slot, made -> new HashSet<>()).add(content);
        tags.put(content, tag);
    }

    private void purge(DiskStore store, Random random) {
        Selection which = switch (random.nextInt(8)) {
            case 0 -> Selection.ALL;
            case 1 -> Selection.ofRoute("r" + random.nextInt(3));
            case 2, 3 -> Selection.ofKey(key(random));
            default -> Selection.ofTag("t" + random.nextInt(4));
        };
        long removed = store.purge(which).join();
        long meant = 0;
        for (String slot : Set.copyOf(since.keySet())) {
            String key = slot.substring(0, slot.indexOf('/'));
            Set<String> contents = Objects.requireNonNull(since.get(slot));
            boolean keyMeant = which.takesKey(key);
            contents.removeIf(
                    content -> keyMeant && (which.tag() == null || which.tag().equals(tags.get(content))));
            if (!contents.contains(last.get(slot)) && last.remove(slot) != null) {
                meant++;
            }
        }
        if (!damaged && !isLossy(store)) {
            assertThat(removed).as("%s", which).isEqualTo(meant);
        }
    }

    private boolean isLossy(DiskStore store) {
        evicted |= store.stats().evictions() > 0;
        return evicted;
    }

    private void forget(String key) {
        since.keySet().removeIf(slot -> slot.startsWith(key + "/"));
        last.keySet().removeIf(slot -> slot.startsWith(key + "/"));
    }

    private void check(DiskStore store, String key) {
        Map<String, String> found = new HashMap<>();
        for (StoredAnswer answer : AnswerStoreContract.found(store, key)) {
            String slot = key + "/" + answer.selecting().first("v");
            String content = new String(((HeldBody) answer.body()).content(), StandardCharsets.UTF_8);
            assertThat(answer.tags()).containsExactly(tags.get(content));
            assertThat(found.put(slot, content)).isNull();
            assertThat(since.getOrDefault(slot, Set.of())).contains(content);
            if (!damaged) {
                assertThat(content).isEqualTo(last.get(slot));
            }
        }
        if (!damaged && !isLossy(store)) {
            last.keySet().stream()
                    .filter(slot -> slot.startsWith(key + "/"))
                    .forEach(slot -> assertThat(found).containsKey(slot));
        }
    }

    private DiskStore restarted(DiskStore store, Path base, Random random) throws IOException {
        isLossy(store);
        if (random.nextBoolean()) {
            store.close();
        } else {
            // As after a kill: what was written so far, without what closing writes.
            store.purge(Selection.ofKey("nothing")).join();
            Path copy = Files.createDirectory(base.resolve(Integer.toString(++folders)));
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(Objects.requireNonNull(file.getFileName())));
                }
            }
            store.close();
            folder = copy;
        }
        if (random.nextInt(3) == 0) {
            damage(random);
        }
        return new DiskStore(folder, 1 << 20, key -> false);
    }

    private void damage(Random random) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        Path file = files.get(random.nextInt(files.size()));
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            return;
        }
        damaged = true;
        // A torn end is what a crash leaves of a segment; what was removed is forced to the disk and can only rot.
        if (file.toString().endsWith(".answers") && random.nextBoolean()) {
            Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        } else {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bytes);
        }
    }
}
