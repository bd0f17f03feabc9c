package dev.freefleet.data;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import java.util.List;
import java.util.Map;

/**
 * What a gateway must know of keys beyond what they say of themselves.
 *
 * @param states of the keys of which there is something to say, by id
 * @param imported what keys that were made elsewhere stand for, by the lower-case hex of the SHA-256 of their text
 */
public record KeyBook(List<KeyState> states, Map<String, KeyToken> imported) {
    public KeyBook {
        states = List.copyOf(states);
        imported = Map.copyOf(imported);
    }
}
