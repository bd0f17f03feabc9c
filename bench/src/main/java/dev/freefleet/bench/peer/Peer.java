package dev.freefleet.bench.peer;

import java.io.IOException;
import java.util.Optional;

/** A proxy with a cache, tuned for what is measured. */
public interface Peer {
    /** As the tables show it. */
    String name();

    /** Its version in its own words; nothing where it is not installed. */
    Optional<String> version() throws IOException;

    /** Whether it can store the answers to POST under a key that holds the content. */
    boolean cachesPost();

    /** Starts it; it may not listen yet. */
    Running start(Site site) throws IOException;
}
