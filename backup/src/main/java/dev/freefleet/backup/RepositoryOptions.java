package dev.freefleet.backup;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a repository is worked with; nothing of it is stored.
 *
 * @param packSize bytes from which a pack is closed, 1 KiB..32 MiB; 16 MiB by default
 * @param compressionLevel zstd's level for what is not float32, 1..19; 3 by default
 * @param workers threads that digest, compress and decrypt, 1..64; the number of processors, at most 8, by default
 * @param appendOnly whether nothing may be deleted; for machines whose credentials cannot; false by default
 * @param roomBytes most bytes that may be added to the store while the repository is open; without limit only if it is {@link Long#MAX_VALUE}, the default, since
 *     the store's owner sets the cap
 * @param longestRun longest time from the beginning of a run to its manifest; 24 hours by default
 * @param minimumAge how long prune leaves alone what a running backup may count on; must be longer than {@code longestRun}; 48
 *     hours by default
 * @param scratch folder for temporary files, which are deleted after use; the system's by default
 * @param cache folder for copies of index and manifest objects, so that they are not fetched again; null for none
 */
public record RepositoryOptions(
        int packSize,
        int compressionLevel,
        int workers,
        boolean appendOnly,
        long roomBytes,
        Duration longestRun,
        Duration minimumAge,
        Path scratch,
        @Nullable Path cache) {

    /** The defaults. */
    public static final RepositoryOptions DEFAULT = new RepositoryOptions(
            16 << 20,
            3,
            Math.min(8, Runtime.getRuntime().availableProcessors()),
            false,
            Long.MAX_VALUE,
            Duration.ofHours(24),
            Duration.ofHours(48),
            Path.of(System.getProperty("java.io.tmpdir", ".")),
            null);

    public RepositoryOptions {
        if (packSize < 1024 || packSize > 32 << 20) {
            throw new IllegalArgumentException("packSize must be 1 KiB..32 MiB, not " + packSize);
        }
        if (compressionLevel < 1 || compressionLevel > 19) {
            throw new IllegalArgumentException("compressionLevel must be 1..19, not " + compressionLevel);
        }
        if (workers < 1 || workers > 64) {
            throw new IllegalArgumentException("workers must be 1..64, not " + workers);
        }
        if (longestRun.compareTo(minimumAge) >= 0) {
            throw new IllegalArgumentException("minimumAge (" + minimumAge + ") must be longer than longestRun ("
                    + longestRun + "): prune would delete what a running backup counts on");
        }
        requireNonNull(scratch, "scratch");
    }

    /** Returns these options with another pack size. */
    public RepositoryOptions withPackSize(int bytes) {
        return new RepositoryOptions(
                bytes, compressionLevel, workers, appendOnly, roomBytes, longestRun, minimumAge, scratch, cache);
    }

    /** Returns these options with append-only mode on or off. */
    public RepositoryOptions withAppendOnly(boolean on) {
        return new RepositoryOptions(
                packSize, compressionLevel, workers, on, roomBytes, longestRun, minimumAge, scratch, cache);
    }

    /** Returns these options with another bound on what a run may add. */
    public RepositoryOptions withRoomBytes(long bytes) {
        return new RepositoryOptions(
                packSize, compressionLevel, workers, appendOnly, bytes, longestRun, minimumAge, scratch, cache);
    }

    /** Returns these options with other ages. */
    public RepositoryOptions withAges(Duration longest, Duration minimum) {
        return new RepositoryOptions(
                packSize, compressionLevel, workers, appendOnly, roomBytes, longest, minimum, scratch, cache);
    }

    /** Returns these options with other folders. */
    public RepositoryOptions withFolders(Path scratchFolder, @Nullable Path cacheFolder) {
        return new RepositoryOptions(
                packSize,
                compressionLevel,
                workers,
                appendOnly,
                roomBytes,
                longestRun,
                minimumAge,
                scratchFolder,
                cacheFolder);
    }
}
