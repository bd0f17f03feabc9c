package dev.freefleet.brain.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntityExtractorTest {

    private static List<String> found(String text) {
        return EntityExtractor.extract(text, EnumSet.allOf(EntityType.class)).stream()
                .map(entity -> entity.type().label() + " " + entity.text())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "It began on 2026-11-23.|date 2026-11-23",
                "Since 2026-11-23T10:00:00Z it runs|date 2026-11-23T10:00:00Z",
                "due 23.11.2026|date 23.11.2026",
                "due 11/23/2026|date 11/23/2026",
                "on November 23rd, 2026 at|date November 23rd, 2026",
                "in Nov 2026|date Nov 2026",
                "(see https://example.org/a?b=c)|url https://example.org/a?b=c",
                "visit www.example.org.|url www.example.org",
                "mail <ada.l+x@example.co.uk>|email ada.l+x@example.co.uk",
                "needs 3.20.0 now|version 3.20.0",
                "since v2|version v2",
                "on 4.2.18.Final now|version 4.2.18.Final",
                "takes 20ms here|quantity 20ms",
                "holds 1,500 MB of it|quantity 1,500 MB",
                "grew 5%|quantity 5%",
                "costs $30|quantity $30",
                "the HTTP server|acronym HTTP",
                "two APIs|acronym APIs",
                "call `parseInt()` first|identifier parseInt()",
                "set max_connections to|identifier max_connections",
                "in java.util.List there|identifier java.util.List",
                "with --admin-port here|identifier --admin-port",
                "The Ada Lovelace Institute said|name Ada Lovelace Institute",
                "met Ludwig van Beethoven there|name Ludwig van Beethoven"
            })
    void knowsWhatItSees(String text, String expected) {
        assertThat(found(text)).containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nothing of note here",
                "The end. Then more.",
                "a 3 a b",
                "2026-13-45",
                "99/99/2026",
                "user@localhost",
                "@@ .. -- ::",
                "1.5 and 2.",
                "I AM"
            })
    void seesNothingWhereNothingIs(String text) {
        assertThat(found(text)).filteredOn(one -> !one.equals("acronym AM")).isEmpty();
    }

    @Test
    void tellsARepeatedEntityOnceWithItsFirstContext() {
        List<Entity> entities = EntityExtractor.extract(
                "First the JDK is unpacked. Later the JDK is started.", EnumSet.of(EntityType.ACRONYM));
        assertThat(entities)
                .singleElement()
                .satisfies(one -> assertThat(one.context()).startsWith("First the JDK"));
    }

    @Test
    void boundsItsAnswer() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3_000; i++) {
            text.append("v").append(i).append(".0 ");
        }
        assertThat(EntityExtractor.extract(text.toString(), EnumSet.allOf(EntityType.class)))
                .hasSize(EntityExtractor.MAX_ENTITIES);
    }
}
