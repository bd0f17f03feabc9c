package dev.freefleet.brain;

import dev.freefleet.brain.Answer.Source;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an answer's sources are sorted by. */
enum SourceOrder {
    /** As found, best first. */
    SCORE,
    /** Newest document first. */
    DATE,
    /** The document that most others link to first. */
    ENGAGEMENT;

    static @Nullable SourceOrder ofLabel(String label) {
        for (SourceOrder order : values()) {
            if (order.name().toLowerCase(Locale.ROOT).equals(label)) {
                return order;
            }
        }
        return null;
    }

    /** Stable sorting keeps the found order among equals. */
    Comparator<Source> comparator() {
        return switch (this) {
            case SCORE -> (_, _) -> 0;
            case DATE ->
                Comparator.comparing((Source source) -> source.metadata().date())
                        .reversed();
            case ENGAGEMENT ->
                Comparator.comparingInt((Source source) -> source.metadata().engagement())
                        .reversed();
        };
    }
}
