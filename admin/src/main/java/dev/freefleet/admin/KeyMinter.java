package dev.freefleet.admin;

import dev.freefleet.data.ApiKey;

/** Writes the text of a key, under the signing secret that it names. Thread-safe. */
public interface KeyMinter {
    /** The key's text; it is shown once and kept nowhere. */
    String mint(ApiKey key);
}
