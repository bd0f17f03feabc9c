package dev.freefleet.brain.text;

import static java.util.Objects.requireNonNull;

/**
 * Something named in a text.
 *
 * @param text as first written
 * @param type what it is
 * @param confidence 0 to 1: how rarely the rule that found it is wrong
 * @param context the words around its first occurrence
 */
public record Entity(String text, EntityType type, double confidence, String context) {

    public Entity {
        requireNonNull(text, "text");
        requireNonNull(type, "type");
        requireNonNull(context, "context");
    }
}
