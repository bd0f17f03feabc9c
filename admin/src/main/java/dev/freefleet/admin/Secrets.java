package dev.freefleet.admin;

import java.util.Set;

/** The signing secrets of keys, by version. Thread-safe. */
public interface Secrets {
    /** The versions under which a key is accepted. */
    Set<Integer> versions();

    /** The version that new keys are signed with: the highest. */
    int current();

    /**
     * Makes a new secret, with which new keys are signed from now on; those signed before stay valid.
     *
     * @return its version
     * @throws IllegalStateException if the versions are used up; the message is a sentence
     */
    int rotate();

    /**
     * Forgets a secret for ever: every key that it signed is refused from now on.
     *
     * @throws IllegalStateException if it is the current one or there is none; the message is a sentence
     */
    void retire(int version);
}
