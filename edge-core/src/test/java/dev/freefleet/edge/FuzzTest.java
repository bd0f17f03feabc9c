package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Fuzzer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Coverage-guided fuzzing of what strangers send; {@code -Dfuzz.seconds=N} says for how long, a minute by default. */
class FuzzTest {
    private static final String CORE = "dev.freefleet.edge.**";

    private static List<byte[]> seeds(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    /** All at the same time, so that the minute is one minute. */
    @Test
    void targetsJsonAndKeys() throws Exception {
        String key = TestShell.key(7, 9);
        Fuzzer targets = Fuzzer.start(
                TargetFuzz.class, CORE, seeds("/a/%2e%2e/b?q=%41", "http://a.example/x?y", "/%c3%a9//", "*"));
        Fuzzer json = Fuzzer.start(
                JsonFuzz.class,
                CORE,
                seeds(
                        "{\"query\":\"a\\u00e9\",\"limit\":-1.50e+2}",
                        "{\"sources\":[{\"id\":\"x\"}]}",
                        "[true,null]",
                        "[9007199254740993,1e21,0.1]"));
        Fuzzer keys = Fuzzer.start(KeyFuzz.class, CORE, seeds(key, key.substring(KeyFormat.PREFIX.length()), "sff_"));
        targets.assertHolds();
        json.assertHolds();
        keys.assertHolds();
    }

    @Test
    void theFuzzerFindsAFault(@TempDir Path corpus) throws Exception {
        Fuzzer.Outcome outcome =
                Fuzzer.start(FaultyFuzz.class, CORE, List.of(), corpus, 120).await();

        assertThat(outcome.exit()).as(outcome.output()).isNotZero();
        assertThat(outcome.output()).contains("the planted fault");
    }
}
