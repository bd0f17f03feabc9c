package dev.freefleet.edge;

import java.util.Map;

/**
 * The edge's decisions under one policy. Thread-safe; its exchanges are not. What changes at run time, the states of
 * keys and the version of the Brain's index, is replaced as a whole.
 */
public interface Edge {
    /** A new exchange for this request. */
    Exchange open(RequestHead request);

    /** Replaces what is known of keys, by key id. */
    void keyStates(Map<Long, KeyState> states);

    /** Replaces the version of the Brain's index: answers of another version are stale from now on. "": unknown. */
    void indexVersion(String version);
}
