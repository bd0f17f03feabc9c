package dev.freefleet.brain;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A confidence in words, for filters and readers. */
enum Verdict {
    /** Confidence of 0.6 or more. */
    STRONG,
    /** From 0.3 up to 0.6. */
    MODERATE,
    /** Below 0.3. */
    WEAK;

    static Verdict of(double confidence) {
        return confidence >= 0.6 ? STRONG : confidence >= 0.3 ? MODERATE : WEAK;
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
