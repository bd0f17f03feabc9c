package dev.freefleet.brain.text;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an entity is. */
public enum EntityType {
    /** Two or more capitalised words: a person, an organisation, a product, a place. */
    NAME,
    /** Two to six capital letters. */
    ACRONYM,
    /** A day or a month of a year. */
    DATE,
    /** An absolute web address. */
    URL,
    /** A mail address. */
    EMAIL,
    /** A version of software. */
    VERSION,
    /** A number with its unit. */
    QUANTITY,
    /** A name from a program: mixed case, underscores, dots, a call, an option. */
    IDENTIFIER;

    /** The name in requests and answers: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of that name in any case, or null. */
    public static @Nullable EntityType ofLabel(String label) {
        for (EntityType type : values()) {
            if (type.label().equalsIgnoreCase(label)) {
                return type;
            }
        }
        return null;
    }
}
