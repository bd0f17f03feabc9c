package dev.freefleet.cli.up;

import static java.util.Objects.requireNonNull;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.store.S3Files;
import dev.freefleet.backup.store.S3Settings;
import dev.freefleet.data.archive.ArchiveStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Archives in a bucket: the data plane's port over the backups' way to speak to one. The settings' budget of requests is for
 * a day of UTC. Safe for use by several threads.
 */
final class S3Archive implements ArchiveStore {
    private final S3Settings settings;
    private final InstantSource clock;
    private @Nullable S3Files files;
    private LocalDate day = LocalDate.MIN;

    /** Sends nothing yet. */
    S3Archive(S3Settings settings, InstantSource clock) {
        this.settings = requireNonNull(settings, "settings");
        this.clock = requireNonNull(clock, "clock");
    }

    /** A new one with each day, whose budget is whole; what the former one is doing it does to its end. */
    private synchronized S3Files today() {
        LocalDate now = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        S3Files open = files;
        // A clock that was set back opens no new budget.
        if (open == null || now.isAfter(day)) {
            day = now;
            open = new S3Files(settings);
            files = open;
        }
        return open;
    }

    @Override
    public void put(String name, Path file) throws IOException {
        ArchiveStore.requireName(name);
        try {
            today().put(name, file);
        } catch (BackupException e) {
            throw failed(e);
        }
    }

    @Override
    public boolean get(String name, Path file) throws IOException {
        ArchiveStore.requireName(name);
        try {
            return today().get(name, file);
        } catch (BackupException e) {
            throw failed(e);
        }
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        try {
            return today().list(prefix);
        } catch (BackupException e) {
            throw failed(e);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        ArchiveStore.requireName(name);
        try {
            today().delete(name);
        } catch (BackupException e) {
            throw failed(e);
        }
    }

    private static IOException failed(BackupException e) {
        String why = e.reason() == BackupException.Reason.BUDGET_EXHAUSTED
                ? "the day's budget of requests (archive.s3.requests) is used up; it is tried again tomorrow"
                : String.valueOf(e.getMessage());
        return new IOException(why, e);
    }

    @Override
    public String describe() {
        return today().describe();
    }
}
