package dev.freefleet.backup.cut;

import dev.freefleet.backup.format.Config;
import dev.freefleet.backup.format.Sealer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whatever is backed up: a Lance file's regions cover it from beginning to end, a tar's scanner passes every byte on, and neither
 * throws.
 */
public final class CutFuzz {
    private static final GearCutter CUTTER =
            Config.standard(Instant.EPOCH).cutter(new Sealer(new byte[32], new byte[16], new SecureRandom()));

    private CutFuzz() {}

    /** What the fuzzer calls: the first byte says which parser. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        try {
            if ((input[0] & 1) == 0) {
                lance(bytes);
            } else {
                tar(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void lance(byte[] bytes) throws IOException {
        long at = 0;
        for (Region region : LanceFile.regions(
                bytes.length, (offset, length) -> Arrays.copyOfRange(bytes, (int) offset, (int) offset + length))) {
            if (region.offset() != at || region.length() < 1) {
                throw new IllegalStateException("a hole at " + at);
            }
            at += region.length();
        }
        if (at != bytes.length) {
            throw new IllegalStateException("an end at " + at + " of " + bytes.length);
        }
    }

    private static void tar(byte[] bytes) throws IOException {
        AtomicLong passed = new AtomicLong();
        Chunker chunker = new Chunker(CUTTER, () -> new byte[1 << 18], batch -> {
            for (int i = 0; i < batch.chunks(); i++) {
                passed.addAndGet(batch.end(i) - batch.start(i));
            }
        });
        TarScanner scanner = new TarScanner(
                new ByteArrayInputStream(bytes), chunker, Path.of(System.getProperty("java.io.tmpdir")), member -> {});
        scanner.run();
        chunker.end("whole");
        chunker.flush();
        if (passed.get() != bytes.length || scanner.position() != bytes.length) {
            throw new IllegalStateException(passed + " of " + bytes.length + " bytes were passed on");
        }
    }
}
