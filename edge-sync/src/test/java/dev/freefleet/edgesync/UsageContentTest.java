package dev.freefleet.edgesync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageContentTest {
    private static final String ID = "0193574e-7a3b-7c1d-8f2e-1234567890ab";

    private static UsageContent.Read read(String json) {
        return UsageContent.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String bad(String json) {
        return read(json) instanceof UsageContent.Read.Bad(String detail) ? detail : "it is taken";
    }

    private static String batch(String event) {
        return "{\"edge\":\"cloudflare\",\"events\":[" + event + "]}";
    }

    /** So that it is redacted once. */
    @Test
    void eventsOfTheSameQuestionShareIt() {
        UsageContent.Read.Batch batch =
                (UsageContent.Read.Batch) read(batch(Batches.event(ID) + "," + Batches.event(ID)));
        assertThat(batch.events().getFirst().question())
                .isNotNull()
                .isSameAs(batch.events().getLast().question());
    }

    @Test
    void aBatchIsReadAsItWasWritten() {
        UsageContent.Read.Batch batch = (UsageContent.Read.Batch) read(batch(Batches.event(ID)));
        assertThat(batch.edge()).isEqualTo("cloudflare");
        assertThat(batch.events())
                .containsExactly(new UsageEvent(
                        ID,
                        1_764_000_000_000L,
                        42,
                        1,
                        "query",
                        "POST",
                        200,
                        CacheOutcome.HIT,
                        900,
                        0,
                        40,
                        512,
                        "00112233445566778899aabbccddeeff",
                        null,
                        "cloudflare"));
    }

    @Test
    void membersThatAreNotKnownAreIgnored() {
        assertThat(read(batch(Batches.event(ID).replace("{", "{\"later\":[1],"))))
                .isInstanceOf(UsageContent.Read.Batch.class);
    }

    private static String asking(String asked) {
        return batch(Batches.event(ID)).replaceFirst("}$", ",\"asked\":" + asked + "}");
    }

    @Test
    void whatWasAskedForBesidesIsReadAsItWasWritten() {
        String key = "query:" + "0123456789abcdef".repeat(4);
        UsageContent.Read.Batch batch = (UsageContent.Read.Batch) read(asking("{\"" + key + "\":7}"));
        assertThat(batch.asked()).containsExactly(java.util.Map.entry(key, 7));
    }

    /** It helps to guess what will be asked; usage is what is owed. */
    @Test
    void whatIsWrongAboutItCostsNoUsage() {
        String digest = "0123456789abcdef".repeat(4);
        String many = java.util.stream.IntStream.rangeClosed(0, UsageContent.MAX_ASKED)
                .mapToObj(i -> "\"query:%064x\":1".formatted(i))
                .collect(java.util.stream.Collectors.joining(",", "{", "}"));
        for (String asked : new String[] {
            "null",
            "[]",
            "7",
            "{\"query:" + digest + "\":0}",
            "{\"query:" + digest + "\":-1}",
            "{\"query:" + digest + "\":1.5}",
            "{\"query:" + digest + "\":\"1\"}",
            "{\"query:" + digest + "\":1000001}",
            "{\"query:" + digest + "\":4294967297}",
            "{\"query:" + digest + "\":1,\"what\":1}",
            many
        }) {
            UsageContent.Read.Batch batch = (UsageContent.Read.Batch) read(asking(asked));
            assertThat(batch.events()).hasSize(1);
            assertThat(batch.asked()).as(asked).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"status\":200 | \"status\":99 | events[0].status",
                "\"status\":200 | \"status\":\"200\" | events[0].status",
                "\"status\":200 | \"status\":2e2 | events[0].status",
                "\"status\":200,  | | events[0].status",
                "\"cache\":\"hit\" | \"cache\":\"HIT\" | events[0].cache",
                "\"key_id\":42 | \"key_id\":-1 | events[0].key_id",
                "\"key_id\":42 | \"key_id\":9007199254740992 | events[0].key_id",
                "\"key_id\":42 | \"key_id\":99999999999999999999 | events[0].key_id",
                "\"time_ms\":1764000000000 | \"time_ms\":253402300800000 | events[0].time_ms",
                "\"route\":\"query\" | \"route\":\"\" | events[0].route",
                "\"method\":\"POST\" | \"method\":\"AVERYLONGMETHODS1\" | events[0].method",
                "00112233445566778899aabbccddeeff | 0011223344556677 | events[0].query_digest",
                "00112233445566778899aabbccddeeff | 00112233445566778899AABBCCDDEEFF | events[0].query_digest",
                "0193574e-7a3b-7c1d-8f2e-1234567890ab | 0193574e-7a3b-7c1d-8f2e-1234567890xx | events[0].id",
                "0193574e-7a3b-7c1d-8f2e-1234567890ab | 1-1-1-1-1 | events[0].id"
            })
    void badInputIsToldByItsPlace(String from, String to, String place) {
        String event = Batches.event(ID);
        assertThat(event).contains(from.strip());
        String changed = event.replace(from.strip(), to == null ? "" : to.strip());
        assertThat(bad(batch(changed))).startsWith(place.strip() + ":");
    }

    @Test
    void theFirstBadEventIsToldAndItsValueIsNot() {
        String secret = Batches.event(ID).replace("\"query_text\":null", "\"query_text\":[\"my secret\"]");
        String detail = bad(batch(Batches.event(ID) + "," + secret));
        assertThat(detail).startsWith("events[1].query_text:").doesNotContain("my secret");
    }

    @Test
    void whatIsNoBatchIsNotTaken() {
        for (String json : new String[] {
            "",
            "null",
            "[]",
            "{}",
            "{\"edge\":\"x\"}",
            "{\"edge\":\"x\",\"events\":[]}",
            "{\"edge\":\"\",\"events\":[1]}",
            batch("7"),
            batch("null"),
            batch(Batches.event(ID)) + "x",
            batch(Batches.event(ID)).replace("}]}", "}],\"edge\":\"y\"}"),
            batch(Batches.event(ID).replace("200", "NaN")),
            "[".repeat(100_000)
        }) {
            assertThat(read(json))
                    .as(json.substring(0, Math.min(60, json.length())))
                    .isInstanceOf(UsageContent.Read.Bad.class);
        }
        assertThat(read(Batches.content(UsageContent.MAX_EVENTS))).isInstanceOf(UsageContent.Read.Batch.class);
        assertThat(bad(Batches.content(UsageContent.MAX_EVENTS + 1))).startsWith("events:");
    }

    @Property(tries = 2_000)
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
        assertThat(UsageContent.read(bytes)).isNotNull();
    }

    @Property(tries = 2_000)
    void aBatchWithOneByteChangedIsReadOrRefused(@ForAll int place, @ForAll byte value) {
        byte[] bytes = batch(Batches.event(ID)).getBytes(StandardCharsets.UTF_8);
        bytes[Math.floorMod(place, bytes.length)] = value;
        assertThat(UsageContent.read(bytes)).isNotNull();
    }
}
