package dev.freefleet.backup.store;

import dev.freefleet.backup.BackupException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Whole files in a bucket that speaks the S3 API, of any size that it takes; unlike the objects of an {@link ObjectStore}, one may
 * take another's place. They go and come in pieces of 16 MiB, so that a slow line needs no long request. Safe for use by several
 * threads; failures of the bucket are those of {@link ObjectStore}.
 */
public final class S3Files implements AutoCloseable {
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final S3Store store;

    /** Opens the bucket; nothing is sent yet. */
    public S3Files(S3Settings settings) {
        store = new S3Store(settings);
    }

    /**
     * Stores a file's content; under the name is what was there before, or all of this.
     *
     * @throws IOException if the file cannot be read
     */
    public void put(String name, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = channel.size();
            if (length <= S3Store.PART) {
                byte[] all = read(channel, 0, length);
                store.replace(name, all, all.length);
            } else {
                store.multipart(name, length, (from, to) -> read(channel, from, to));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static byte[] read(FileChannel channel, long from, long to) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(to - from));
        try {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, from + bytes.position()) < 0) {
                    throw new IOException("the file became shorter while it was read");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.array();
    }

    /**
     * Copies an object's content into a file, which is made or replaced.
     *
     * @return whether there is such an object
     * @throws IOException if the file cannot be written
     */
    public boolean get(String name, Path file) throws IOException {
        long at = 0;
        try (OutputStream out = Files.newOutputStream(file)) {
            long end = Long.MAX_VALUE;
            while (at < end) {
                ResponseBytes<GetObjectResponse> piece =
                        store.fetch(name, "bytes=" + at + "-" + (at + S3Store.PART - 1));
                byte[] bytes = piece.asByteArrayUnsafe();
                out.write(bytes);
                at += bytes.length;
                end = bytes.length == 0 ? at : length(piece.response().contentRange(), at);
            }
            return true;
        } catch (BackupException e) {
            if (e.reason() == BackupException.Reason.MISSING) {
                Files.deleteIfExists(file);
                return false;
            }
            if (at == 0 && S3Store.status(e) == RANGE_NOT_SATISFIABLE) {
                return true; // an empty object has no first piece
            }
            throw e;
        }
    }

    /** The whole object's, of {@code bytes 0-9/100}; what came where the server told none, since it gave all at once. */
    private static long length(@Nullable String contentRange, long came) {
        if (contentRange == null) {
            return came;
        }
        int slash = contentRange.indexOf('/');
        return slash < 0 ? came : Long.parseLong(contentRange.substring(slash + 1));
    }

    /** The names that begin with a prefix, ascending. */
    public List<String> list(String prefix) {
        return store.list(prefix).stream().map(ObjectInfo::name).sorted().toList();
    }

    /** Deletes an object; one that is not there is no error. */
    public void delete(String name) {
        store.delete(name);
    }

    /** Returns a short text that tells a person where the bucket is, without secrets. */
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }
}
