package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process whose files may not grow past 100 KiB: a write fails in the middle, as on a full disk. */
class DiskStoreFullTest {
    /** Stores until the disk refuses, and tells how the store is then. */
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            AnswerStore store = TieredStore.open(1 << 20, Path.of(arguments[0]), 64 << 20);
            int put = 0;
            while (AnswerStoreContract.disk(store).on() && put < 10_000) {
                store.put("query:" + put++, answer());
                settle(store);
            }
            AnswerStore.Disk disk = AnswerStoreContract.disk(store);
            store.put("query:after", answer());
            System.out.println("on=" + disk.on() + " errors=" + disk.errors() + " written=" + (disk.written() > 0)
                    + " memory="
                    + AnswerStoreContract.found(store, "query:after").size()
                    + " purged=" + store.purge(Selection.ofKey("query:after")).join());
            store.close();
        }

        private static void settle(AnswerStore store) {
            try {
                store.purge(Selection.ofKey("nothing")).join();
            } catch (CompletionException failed) {
                System.out.println("purge: " + String.valueOf(failed.getCause()).contains("disk failed"));
            }
        }
    }

    private static StoredAnswer answer() {
        Fields fields = Fields.of("content-type", "text/plain");
        return new StoredAnswer(
                200,
                fields,
                1,
                2,
                Fields.empty(),
                "",
                List.of(),
                new HeldBody("x".repeat(3_000).getBytes(StandardCharsets.US_ASCII), fields));
    }

    @Test
    void aFullDiskTurnsTheTierOffAndGivesItsRoomBack(@TempDir Path folder) throws Exception {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -f 100; exec \"$@\"",
                        "bash",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.resolve("cache").toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(out);
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said)
                .contains("on=false errors=1 written=true memory=1 purged=1")
                .contains("is off until the next start");
        try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
            assertThat(left.map(file -> String.valueOf(file.getFileName()))).containsExactly("removed");
        }
    }
}
