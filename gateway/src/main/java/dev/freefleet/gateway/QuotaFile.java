package dev.freefleet.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the quotas' counts in a file, so that they outlive the process: they are read before the first request, written
 * every two seconds while they change, and once more at the end. A process that is killed forgets two seconds of them
 * at the most; a key may make that many requests more than its quota, and never fewer.
 *
 * <p>The file is text: a line that names the format, a line {@code bucket used endMillis} for each count, and the
 * CRC-32C of all before. It is written as a whole beside the old one, which it then replaces.
 */
public final class QuotaFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(QuotaFile.class);
    private static final String FORMAT = "freefleet-quotas 1";
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Quotas quotas;
    private final Path file;
    private final Duration every;
    private final Thread writer;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long written;
    private boolean failing;

    /**
     * Puts the counts of the file into the quotas, and keeps it up to date from now on. A file that cannot be read is
     * logged, and the counts begin at nothing.
     */
    public static QuotaFile keep(Quotas quotas, Path file) {
        return keep(quotas, file, EVERY);
    }

    static QuotaFile keep(Quotas quotas, Path file, Duration every) {
        restore(quotas, file);
        QuotaFile kept = new QuotaFile(quotas, file, every);
        kept.writer.start();
        return kept;
    }

    private QuotaFile(Quotas quotas, Path file, Duration every) {
        this.quotas = Objects.requireNonNull(quotas, "quotas");
        this.file = Objects.requireNonNull(file, "file");
        this.every = Objects.requireNonNull(every, "every");
        written = quotas.changes();
        writer = Thread.ofPlatform().daemon().name("quota-file").unstarted(this::run);
    }

    private static void restore(Quotas quotas, Path file) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            String text = Files.readString(file);
            int end = text.lastIndexOf('\n', text.length() - 2) + 1;
            List<String> lines = text.lines().toList();
            if (!text.endsWith("\n")
                    || !lines.getFirst().equals(FORMAT)
                    || !lines.getLast().equals(checksum(text.substring(0, end)))) {
                throw new IOException("its content is damaged");
            }
            for (String line : lines.subList(1, lines.size() - 1)) {
                String[] words = line.split(" ", -1);
                quotas.atLeast(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
            }
        } catch (IOException | RuntimeException e) {
            log.error(
                    "The counts of daily and monthly quotas in {} cannot be read ({}); they begin at nothing",
                    file,
                    e.getMessage());
        }
    }

    private void run() {
        boolean over = false;
        while (!over) {
            try {
                over = closed.await(every.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                over = true;
            }
            write();
        }
    }

    private void write() {
        long changes = quotas.changes();
        if (changes == written) {
            return;
        }
        try {
            StringBuilder text = new StringBuilder(FORMAT).append('\n');
            for (Quotas.Counted count : quotas.counted()) {
                text.append(count.bucket()).append(' ').append(count.used()).append(' ');
                text.append(count.endMillis()).append('\n');
            }
            text.append(checksum(text.toString())).append('\n');
            replace(StandardCharsets.US_ASCII.encode(text.toString()));
            written = changes;
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                log.warn("The counts of quotas cannot be written to {} ({}); trying again", file, e.getMessage());
            }
            failing = true;
        }
    }

    private void replace(ByteBuffer bytes) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String checksum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(StandardCharsets.US_ASCII));
        return String.format("%08x", sum.getValue());
    }

    /** Writes the last counts. To be closed after the gateway is. */
    @Override
    public void close() {
        closed.countDown();
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
