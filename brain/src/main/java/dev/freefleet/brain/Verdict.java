package dev.freefleet.brain;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A confidence in words, for filters and readers. */
enum Verdict {
    /** Confidence of 0.7 or more. */
    STRONG,
    /** From 0.4 up to 0.7. */
    MODERATE,
    /** Below 0.4. */
    WEAK;

    static Verdict of(double confidence) {
        return confidence >= 0.7 ? STRONG : confidence >= 0.4 ? MODERATE : WEAK;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static @Nullable Verdict ofLabel(String label) {
        for (Verdict verdict : values()) {
            if (verdict.label().equalsIgnoreCase(label)) {
                return verdict;
            }
        }
        return null;
    }
}
