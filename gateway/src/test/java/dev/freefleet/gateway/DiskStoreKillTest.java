package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that stores and purges, killed in the middle of it (SIGKILL), again and again. */
class DiskStoreKillTest {
    private static final int ROUNDS = 4;

    /** Stores without end; each answer has the tag of its hundred, and each third hundred is purged. */
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            DiskStore store = new DiskStore(Path.of(arguments[0]), 8 << 20, key -> false);
            int round = Integer.parseInt(arguments[1]);
            for (int i = 0; ; i++) {
                String tag = "r" + round + "-" + i / 100;
                store.put("query:" + round + "-" + i, answer(round + "-" + i, tag));
                if (i % 100 == 99 && i / 100 % 3 == 0) {
                    store.purge(Selection.ofTag(tag)).join();
                    System.out.println(tag);
                }
            }
        }
    }

    private static StoredAnswer answer(String name, String tag) {
        Fields fields = Fields.of("content-type", "text/plain");
        byte[] content = (name + "x".repeat(1_000)).getBytes(StandardCharsets.US_ASCII);
        return new StoredAnswer(200, fields, 1, 2, Fields.empty(), "v", List.of(tag), new HeldBody(content, fields));
    }

    @Test
    void whatWasPurgedNeverComesBackAndWhatIsFoundIsRight(@TempDir Path folder) throws Exception {
        Set<String> purged = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            purged.addAll(killedAfterPurges(folder.resolve("cache"), round, 5 + 3 * round));
            int found = check(folder.resolve("cache"), purged);
            assertThat(found).isPositive();
        }
        assertThat(purged).hasSizeGreaterThanOrEqualTo(ROUNDS * 5);
    }

    private static Set<String> killedAfterPurges(Path cache, int round, int purges) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        cache.toString(),
                        Integer.toString(round))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Set<String> told = new HashSet<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null) {
                told.add(line);
                if (told.size() == purges) {
                    process.toHandle().destroyForcibly(); // not the process, which would close the pipe too
                }
                line = out.readLine();
            }
        }
        process.waitFor();
        assertThat(told).hasSizeGreaterThanOrEqualTo(purges);
        return told;
    }

    private static int check(Path cache, Set<String> purged) throws IOException {
        DiskStore store = new DiskStore(cache, 8 << 20, key -> false);
        try {
            List<AnswerStore.Kept> all = store.list(Selection.ALL, 100_000).join();
            assertThat(all).allSatisfy(kept -> {
                assertThat(purged).doesNotContain(kept.answer().tags().getFirst());
                assertThat(((HeldBody) kept.answer().body()).content())
                        .asString()
                        .isEqualTo(kept.key().substring("query:".length()) + "x".repeat(1_000));
            });
            return all.size();
        } finally {
            store.close();
        }
    }
}
