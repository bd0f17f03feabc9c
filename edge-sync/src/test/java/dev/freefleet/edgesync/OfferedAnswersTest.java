package dev.freefleet.edgesync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.gateway.AnswerStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken of the answers that edges hand over, and what is not. */
class OfferedAnswersTest {
    private static final long NOW = 1_764_000_000_000L;
    private static final String KEY = "query:" + "0123456789abcdef".repeat(4);
    private static final String OTHER = "query:" + "fedcba9876543210".repeat(4);
    private static final OfferedAnswers.Taken KEPT = new OfferedAnswers.Taken.Kept();
    private static final OfferedAnswers.Taken UNWANTED = new OfferedAnswers.Taken.Unwanted();

    @TempDir
    Path folder;

    private final AtomicLong millis = new AtomicLong(NOW);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedAnswers source = new ScriptedAnswers();
    private PurgeLog purges;
    private OfferedAnswers offered;

    @BeforeEach
    void open() {
        purges = PurgeLog.open(folder.resolve("purges"), millis::get);
        offered = new OfferedAnswers(source, purges, new EdgeMeters(registry), millis::get);
        offered.asked(Map.of(KEY, 3, OTHER, 2));
        offered.want(List.of(KEY, OTHER));
    }

    private static byte[] answer() {
        return ScriptedAnswers.envelope(KEY, NOW, "v1");
    }

    private double count(String outcome) {
        return registry.get("fleet.edge.offers")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void aWantedAnswerIsTakenOnceAndWaitsToBeWritten() {
        assertThat(offered.take(answer())).isEqualTo(KEPT);
        assertThat(offered.take(answer())).as("again").isEqualTo(UNWANTED);
        assertThat(offered.waiting()).extracting(AnswerStore.Kept::key).containsExactly(KEY);
        assertThat(offered.waiting().getFirst().answer().tags())
                .as("by the content, not by what the edge says")
                .containsExactly("a.md");
        offered.done(List.of(KEY));
        assertThat(offered.waiting()).isEmpty();
        assertThat(count("taken")).isEqualTo(1);
        assertThat(count("unwanted")).isEqualTo(1);
    }

    @Test
    void whatIsNotWantedIsNotTaken() {
        offered.want(List.of(OTHER));
        assertThat(offered.take(answer())).isEqualTo(UNWANTED);
        offered.want(List.of(KEY));
        assertThat(offered.take(ScriptedAnswers.envelope(KEY, NOW, "v0")))
                .as("of another index")
                .isEqualTo(UNWANTED);
        source.fresh = 0;
        assertThat(offered.take(answer())).as("stale").isEqualTo(UNWANTED);
        source.fresh = 1;
        purges.add(null, "a.md", null);
        assertThat(offered.take(answer())).as("purged").isEqualTo(UNWANTED);
        assertThat(offered.waiting()).isEmpty();
    }

    @Test
    void aRouteWhoseAnswersNotAllShareIsNotCountedAndNotTaken() {
        String own = KEY.replace("query", "mine");
        offered.asked(Map.of(own, 100));
        assertThat(offered.hottest(9)).containsExactly(KEY, OTHER);
        offered.want(List.of(own));
        assertThat(offered.take(ScriptedAnswers.envelope(own, NOW, "v1"))).isEqualTo(UNWANTED);
    }

    @Test
    void aPurgeTakesWhatWaits() {
        offered.take(answer());
        purges.add(null, "b.md", null);
        assertThat(offered.waiting()).hasSize(1);
        purges.add(null, "a.md", null);
        assertThat(offered.waiting()).isEmpty();
    }

    @Test
    void whatNobodyAsksForAnyLongerIsForgotten() {
        offered.take(answer());
        millis.addAndGet(3 * 3_600_000);
        assertThat(offered.waiting()).isEmpty();
        offered.asked(Map.of(KEY, 1));
        assertThat(offered.take(ScriptedAnswers.envelope(KEY, millis.get(), "v1")))
                .isEqualTo(KEPT);
    }

    @Test
    void memoryIsBounded() {
        String content = "x".repeat(1_000_000);
        List<String> keys = java.util.stream.IntStream.range(0, 100)
                .mapToObj("query:%064x"::formatted)
                .toList();
        keys.forEach(key -> offered.asked(Map.of(key, 9)));
        offered.want(keys);
        int taken = 0;
        for (String key : keys) {
            byte[] bytes = text().replace(KEY, key)
                    .replace("\"length\":" + ScriptedAnswers.CONTENT.length(), "\"length\":" + content.length())
                    .replace(ScriptedAnswers.CONTENT, content)
                    .getBytes(StandardCharsets.UTF_8);
            taken += offered.take(bytes).equals(KEPT) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(67);
        offered.done(keys.subList(0, 10));
        assertThat(offered.take(ScriptedAnswers.envelope(keys.get(99), NOW, "v1")))
                .isEqualTo(KEPT);
    }

    private static String text() {
        return new String(answer(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"version\":1 | \"version\":2 | version",
                "\"version\":1 | \"version\":\"1\" | version",
                "query:01 | query:0g | key",
                "\"status\":200 | \"status\":404 | status",
                "\"status\":200 | \"status\":200,\"selecting\":[[\"accept\",\"x\"]] | selecting",
                "content-type | Content-Type | fields",
                "content-type | set-cookie | fields",
                "content-type | a b | fields",
                "application/json | a\\u000d\\u000ab: c | fields",
                "application/json | \\u0100 | fields",
                "[[\"content-type\",\"application/json\"]] | [[\"content-type\"]] | fields",
                "[[\"content-type\",\"application/json\"]] | [[\"content-type\",7]] | fields",
                "[[\"content-type\",\"application/json\"]] | {} | fields",
                "\"request_ms\":1764000000000 | \"request_ms\":1764000000001 | request_ms",
                "\"request_ms\":1764000000000 | \"request_ms\":-1 | request_ms",
                "\"response_ms\":1764000000000 | \"response_ms\":1764000005001 | future",
                "\"response_ms\":1764000000000 | \"response_ms\":1e300 | request_ms",
                "\"index\":\"v1\" | \"index\":1 | index",
                "\"length\": | \"length\":1 | length",
                "\"length\": | \"version\":1,\"length\": | JSON",
                "a.md | a.mdx | length",
                "{\"version\" | [{\"version\" | JSON",
                "{\"version\" | [[[[[[\"version\" | JSON",
            })
    void whatIsNoWholeAnswerIsRefusedAndSaysWhy(String from, String to, String why) {
        assertThat(text()).contains(from.strip());
        OfferedAnswers.Taken taken =
                offered.take(text().replace(from.strip(), to.strip()).getBytes(StandardCharsets.ISO_8859_1));
        assertThat(taken).isInstanceOf(OfferedAnswers.Taken.Bad.class);
        assertThat(((OfferedAnswers.Taken.Bad) taken).detail()).contains(why.strip());
        assertThat(offered.waiting()).isEmpty();
        assertThat(count("bad")).isEqualTo(1);
    }

    @Test
    void whatIsNotInTheFormIsRefused() {
        for (String content : new String[] {"", "\n", "{}", "{}\n", "null\n", "[]\nx", " ".repeat(70_000) + text()}) {
            assertThat(offered.take(content.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(OfferedAnswers.Taken.Bad.class);
        }
    }

    @Property(tries = 2_000)
    void anAnswerWithOneByteChangedIsReadOrRefused(@ForAll int place, @ForAll byte value) {
        byte[] bytes = answer();
        bytes[Math.floorMod(place, bytes.length)] = value;
        assertThat(AnswerEnvelope.read(bytes, NOW)).isNotNull();
    }
}
