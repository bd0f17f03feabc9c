package dev.freefleet.bench.peer;

import java.nio.file.Path;

/**
 * Where a peer is set up.
 *
 * @param home the project's root folder
 * @param folder for its files, empty, in memory (tmpfs)
 * @param port to listen on, at 127.0.0.1
 * @param originPort of the origin, at 127.0.0.1
 * @param core that all of its processes are pinned to
 * @param cacheMegabytes how much it may store
 */
public record Site(Path home, Path folder, int port, int originPort, int core, int cacheMegabytes) {
    /** A configuration with {@code @port@}, {@code @origin@} (its port) and {@code @megabytes@} filled in. */
    String fill(String configuration) {
        return configuration
                .replace("@port@", Integer.toString(port))
                .replace("@origin@", Integer.toString(originPort))
                .replace("@megabytes@", Integer.toString(cacheMegabytes));
    }
}
