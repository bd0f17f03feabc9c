package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.UsageEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

class UsageTextTest {
    private static final Clock CLOCK = new TestClock("2026-11-23T12:00:00Z");
    private static final DataPlane PLANE = DataPlane.open(DataConfig.of(TestServer.newDatabase()), CLOCK);
    private static Instant next = Instant.parse("2026-11-23T11:00:00Z");

    @AfterContainer
    static void close() {
        PLANE.close();
    }

    /** Whatever UTF-16 holds: NULs, halves of pairs, what means something to COPY, to SQL, to a spreadsheet. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.frequencyOf(
                        Tuple.of(8, Arbitraries.chars().all()),
                        Tuple.of(
                                2,
                                Arbitraries.of(
                                        '\0', '\\', '\n', '\r', '\t', '\'', '"', ',', '=', '\ud800', '\udc00',
                                        '\uffff')))
                .list()
                .ofMaxSize(2_100)
                .map(chars -> {
                    StringBuilder text = new StringBuilder();
                    chars.forEach(text::append);
                    return text.toString();
                });
    }

    @Provide
    Arbitrary<List<String>> manyTexts() {
        return texts().list().ofMaxSize(20);
    }

    @Property(tries = 25)
    void anyTextsAreWrittenAndReadBackClean(@ForAll("manyTexts") List<String> some) throws Exception {
        Instant from = next;
        try (UsageIngest ingest = PLANE.ingest(IngestConfig.DEFAULTS)) {
            for (String text : some) {
                UsageEvent e = TestEvents.event(text, next, text);
                assertThat(ingest.offer(new UsageEvent(
                                e.id(),
                                e.timeMillis(),
                                1,
                                1,
                                text,
                                text,
                                200,
                                e.cache(),
                                1,
                                1,
                                1,
                                1,
                                text,
                                text,
                                text)))
                        .isTrue();
                next = next.plusMillis(1);
            }
            eventually("all are written", () -> ingest.written() == some.size());
            assertThat(ingest.rejected()).isZero();
        }
        List<UsageEvent> read = some.isEmpty()
                ? List.of()
                : PLANE.usage()
                        .recent(UsageFilter.between(from, next), some.size())
                        .reversed();
        assertThat(read)
                .extracting(UsageEvent::queryText)
                .containsExactlyElementsOf(
                        some.stream().map(t -> RowBatch.clean(t, 2_000)).toList());
    }

    @Example
    void aWholePairIsLeftAsItIs() {
        String text = "a\ud83d\ude00b";
        assertThat(RowBatch.clean(text, 2_000)).isSameAs(text);
        assertThat(RowBatch.clean("a\ud83db\ude00", 2_000)).isEqualTo("a\ufffdb\ufffd");
    }

    @Property(tries = 300)
    void cleanTextIsWhatUtf8AndPostgresqlCanHold(@ForAll("texts") String text) {
        String clean = RowBatch.clean(text, 2_000);

        assertThat(clean).doesNotContain("\0").hasSizeLessThanOrEqualTo(2_000);
        assertThat(new String(clean.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(clean);
        assertThat(text.length() - clean.length()).isLessThanOrEqualTo(Math.max(0, text.length() - 1_999));
        boolean fine =
                text.length() <= 2_000 && text.codePoints().noneMatch(c -> c == 0 || (c >= 0xD800 && c <= 0xDFFF));
        if (fine) {
            assertThat(clean).isSameAs(text).isEqualTo(text);
        }
    }
}
