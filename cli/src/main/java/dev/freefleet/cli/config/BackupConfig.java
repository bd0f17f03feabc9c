package dev.freefleet.cli.config;

import static java.util.Objects.requireNonNull;

import dev.freefleet.backup.Retention;
import dev.freefleet.backup.store.S3Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How backups are made. What each member means stands in {@code docs/configuration.md}.
 *
 * @param local the local store; null: there is none
 * @param offSite the store that takes copies, or everything where there is no local one; null: there is none
 * @param passphrase what repositories are encrypted under; null: the key file
 * @param keyFile the key file; made by the first backup where there is no passphrase
 * @param appendOnly whether nothing may be deleted
 * @param scheduled what the fleet does by itself
 */
public record BackupConfig(
        @Nullable Store local,
        @Nullable Store offSite,
        @Nullable String passphrase,
        Path keyFile,
        List<Part> parts,
        List<Path> folders,
        List<String> exclude,
        BrainSnapshot brain,
        Retention retention,
        boolean appendOnly,
        Drill drill,
        Scheduled scheduled) {

    /** A part of the fleet that is backed up. */
    public enum Part {
        /** The Brain's snapshot. */
        BRAIN,
        /** Users, keys and usage. */
        DATA,
        /** The configuration and the secrets. */
        FLEET
    }

    /**
     * Where a repository lies.
     *
     * @param cap most bytes that it may hold; {@link Long#MAX_VALUE}: what there is room for
     */
    public record Store(Place place, long cap) {
        public Store {
            requireNonNull(place, "place");
        }
    }

    /** What keeps a repository's objects. */
    public sealed interface Place {
        /** A folder. */
        record Folder(Path path) implements Place {}

        /** A bucket. */
        record Bucket(S3Settings settings) implements Place {}
    }

    /**
     * Where the Brain's snapshot comes from.
     *
     * @param url of an external Brain's snapshot; null: the reference Brain's
     * @param key what an external Brain wants to be shown; null: nothing
     * @param answerWithin longest wait for its beginning
     */
    public record BrainSnapshot(@Nullable URI url, @Nullable String key, Duration answerWithin) {
        /** Without the key. */
        @Override
        public String toString() {
            return "BrainSnapshot[" + url + "]";
        }
    }

    /**
     * How a restore is rehearsed.
     *
     * @param command starts a Brain on a restored snapshot; empty: the reference Brain
     * @param questions a file with a question a line; null: the most frequent ones
     * @param count most questions
     * @param agreePercent part of them whose answers must be the live Brain's, 0..100
     */
    public record Drill(List<String> command, @Nullable Path questions, int count, int agreePercent) {
        public Drill {
            command = List.copyOf(command);
        }
    }

    /**
     * What the fleet does by itself.
     *
     * @param on whether it does
     * @param samplePercent part of a store's packs that a sample reads, 1..100
     * @param timeLimit longest time for one command
     */
    public record Scheduled(boolean on, int samplePercent, Duration timeLimit) {}

    public BackupConfig {
        requireNonNull(keyFile, "keyFile");
        parts = List.copyOf(parts);
        folders = List.copyOf(folders);
        exclude = List.copyOf(exclude);
        requireNonNull(brain, "brain");
        requireNonNull(retention, "retention");
        requireNonNull(drill, "drill");
        requireNonNull(scheduled, "scheduled");
    }

    /** The folder of the local store, or null where there is none. */
    public @Nullable Path localFolder() {
        return local != null && local.place() instanceof Place.Folder folder ? folder.path() : null;
    }

    /** Without the passphrase. */
    @Override
    public String toString() {
        return "BackupConfig[local=" + local + ", offSite=" + offSite + "]";
    }
}
