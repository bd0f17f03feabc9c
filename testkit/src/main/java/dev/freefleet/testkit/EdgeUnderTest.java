package dev.freefleet.testkit;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/**
 * A running edge with the Brain's default routes and those that {@link EdgeContract} names, in front of a
 * {@link TestOrigin}. What it is told of keys, purges and versions it knows when the call returns.
 */
public interface EdgeUnderTest extends AutoCloseable {
    /** Where it listens, without a slash at the end. */
    URI url();

    /** The origin behind it. */
    TestOrigin origin();

    /** A key with this id; its plan is {@code default} or {@code few}, which allows three requests a minute. */
    String key(long id, String plan);

    /** Revokes a key. */
    void revoke(long id);

    /** Lets a key use this route alone. */
    void restrict(long id, String route);

    /** Purges the answers with this tag. */
    void purgeTag(String tag);

    /** The Brain's index has another version. */
    void index(String version);

    /** The usage events so far, each as {@code STATUS ROUTE CACHE}; there may be more in a moment. */
    List<String> usage();

    @Override
    void close() throws IOException;
}
