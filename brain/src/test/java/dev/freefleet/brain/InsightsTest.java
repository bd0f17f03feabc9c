package dev.freefleet.brain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.brain.DocumentRow.TermCount;
import dev.freefleet.brain.Insights.Category;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class InsightsTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final Insights insights = new Insights(Clock.fixed(NOW, ZoneOffset.UTC));

    private static long daysAgo(int days) {
        return NOW.minus(Duration.ofDays(days)).toEpochMilli();
    }

    private static DocumentRow row(String id, int dated, int added, int changed, TermCount... terms) {
        return new DocumentRow(
                id,
                "markdown",
                "Title of " + id,
                daysAgo(dated),
                "digest",
                daysAgo(added),
                daysAgo(changed),
                100,
                1,
                List.of(terms),
                List.of());
    }

    private final List<DocumentRow> documents = List.of(
            row("guide/old.md", 400, 90, 90, new TermCount("kettle", 9), new TermCount("water", 5)),
            row("guide/changed.md", 3, 90, 2, new TermCount("kettle", 4), new TermCount("limescale", 7)),
            row("new.md", 1, 1, 1, new TermCount("kettle", 1), new TermCount("limescale", 2)));

    private List<Insight> of(Category category, int days) {
        return insights.of(documents, Duration.ofDays(days), category, 50);
    }

    @Test
    void tellsAddedAndChangedDocumentsOfTheRangeApart() {
        assertThat(of(Category.ACTIVITY, 7))
                .extracting(Insight::text)
                .containsExactly(
                        "1 document added in the last 7 days, latest: \"Title of new.md\".",
                        "1 document changed in the last 7 days, latest: \"Title of guide/changed.md\".");
        assertThat(of(Category.ACTIVITY, 1)).extracting(Insight::dataPoints).containsExactly(1);
        assertThat(insights.of(documents, Duration.ofHours(1), Category.ACTIVITY, 50))
                .isEmpty();
    }

    @Test
    void ranksTermsOfRecentDocumentsByRarity() {
        Insight first = of(Category.TERMS, 7).getFirst();
        assertThat(first.text())
                .isEqualTo("\"limescale\" stands out in what came in the last 7 days: 9 uses in 2 documents.");
        assertThat(first.dataPoints()).isEqualTo(2);
        assertThat(first.confidence()).isEqualTo(0.667);
        assertThat(of(Category.TERMS, 7)).noneMatch(one -> one.text().contains("water"));
    }

    @Test
    void tellsTheLargestFoldersAndTheStalestDocument() {
        assertThat(of(Category.TOPICS, 7))
                .extracting(Insight::text)
                .containsExactly(
                        "guide holds 2 documents with 200 words.", "The top folder holds 1 document with 100 words.");
        assertThat(of(Category.FRESHNESS, 30))
                .singleElement()
                .extracting(Insight::text)
                .isEqualTo("1 document of 3 dated before the last 30 days; the oldest is \"Title of guide/old.md\""
                        + " (guide/old.md) of 2025-10-19, 400 days ago.");
    }

    @Test
    void saysNothingOfAnEmptyIndex() {
        assertThat(insights.of(List.of(), Duration.ofDays(30), null, 50)).isEmpty();
    }
}
